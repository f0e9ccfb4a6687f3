import { axisX, line, ruleY, text } from '@observablehq/plot';
import { drawSvgFile } from '#gpu-worker/evaluation/report/draw-svg-file.ts';
import type { BesideTrainingResult } from '#test/bench/beside-training/run-beside-training.ts';
import { type ShareSummary, summariseBesideTraining } from '#test/bench/beside-training/summarise-beside-training.ts';
import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

export function renderBesideTraining(result: BesideTrainingResult, machine: MachineDescription): BenchmarkReport {
  const summaries = summariseBesideTraining(result);
  const { threads, documentsPerRequest, halfPerSecond, callers, phases } = result;
  const rounds = new Set(phases.map(({ round }) => round)).size;
  const markdown = [
    `${describeMachineLine(machine)}; the load comes from the same machine`,
    `One worker process of the role \`both\` for each share, ${threads} scoring threads and one that trains; HTTP, signed calls, ${documentsPerRequest} documents a request, half of them seen before; ${rounds} rounds, in which phases without and with the training take turns.`,
    `\`half\`: ${halfPerSecond.toFixed(2)} requests a second that come by chance, half of what the worker takes. \`full\`: ${callers} callers that never pause. "Without": the training process is stopped.`,
    '',
    markdownTable(
      [
        'share',
        'load (requests without, with)',
        'documents/s without, with',
        'p50 without, with',
        'p99 without, with',
        'training took',
        'steps',
        'share kept',
      ],
      summaries.map(rowOf),
    ),
    '',
  ].join('\n');
  const json = { machine, ...result, summaries };
  return { name: 'beside-training', json, markdown, plots: [{ name: 'beside-training', svg: plot(summaries) }] };
}

function rowOf({ share, load, alone, beside, trainingTook, trainingSteps, kept }: ShareSummary): string[] {
  const pair = (value: (figures: ShareSummary['alone']) => number, digits: number) =>
    `${value(alone).toFixed(digits)}, ${value(beside).toFixed(digits)}`;
  const more = (value: (figures: ShareSummary['alone']) => number) =>
    `${pair(value, 0)} ms (${(100 * (value(beside) / value(alone) - 1)).toFixed(0)} % more)`;
  return [
    percent(share),
    `${load} (${alone.requests}, ${beside.requests})`,
    pair(({ documentsPerSecond }) => documentsPerSecond, 1),
    more(({ p50Ms }) => p50Ms),
    more(({ p99Ms }) => p99Ms),
    percent(trainingTook),
    String(trainingSteps),
    kept ? 'yes' : 'no',
  ];
}

/** How many times as long requests take beside a training, over its share. */
function plot(summaries: readonly ShareSummary[]): string {
  const points = summaries.flatMap(({ share, load, alone, beside }) => [
    { share, times: beside.p50Ms / alone.p50Ms, series: `p50, ${load} load` },
    { share, times: beside.p99Ms / alone.p99Ms, series: `p99, ${load} load` },
  ]);
  const last = Math.max(...points.map(({ share }) => share));
  return drawSvgFile({
    width: 720,
    height: 320,
    marginLeft: 50,
    marginRight: 110,
    inset: 10,
    ariaLabel: 'Latency of requests beside a training, as a multiple of that without, over the share of the training',
    x: { label: 'share of all cores’ time that the training may take' },
    y: { label: 'times the latency without', grid: true },
    marks: [
      axisX([...new Set(points.map(({ share }) => share))]),
      ruleY([1], { stroke: 'gray', strokeDasharray: '4 3' }),
      line(points, { x: 'share', y: 'times', z: 'series', stroke: 'series', marker: 'circle' }),
      text(
        points.filter(({ share }) => share === last),
        { x: 'share', y: 'times', text: 'series', fill: 'series', dx: 8, textAnchor: 'start' },
      ),
    ],
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

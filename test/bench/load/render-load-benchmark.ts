import { line } from '@observablehq/plot';
import { drawSvgFile } from '#gpu-worker/evaluation/report/draw-svg-file.ts';
import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import type { LoadBenchmarkResult } from '#test/bench/load/run-load-benchmark.ts';
import { median } from '#test/bench/median.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';

const mebibyte = 2 ** 20;

/** What is demanded of a worker under load. */
const targets = { lagP99Ms: 20, smallShare: 0.05, memoryGrowthShare: 0.02 } as const;

export function renderLoadBenchmark(result: LoadBenchmarkResult, machine: MachineDescription): BenchmarkReport {
  const { fullLoad, smallBehindLarge, throughput } = result;
  const smallShare = median(
    smallBehindLarge.smallMs.map((small, index) => small / (smallBehindLarge.largeMs[index] ?? Number.NaN)),
  );
  const verdicts = {
    lag: fullLoad.lag.p99Ms <= targets.lagP99Ms,
    smallBehindLarge: smallShare <= targets.smallShare,
    memory: fullLoad.slope === null ? null : fullLoad.slope.growthShare <= targets.memoryGrowthShare,
  };
  const ms = (value: number) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
  const { lag, slope } = fullLoad;
  const memory =
    slope === null
      ? 'too short to say'
      : `${slope.mebibytesPerMinute.toFixed(1)} MiB/min at ${slope.lastMebibytes.toFixed(0)} MiB (${percent(slope.growthShare)} over two thirds of the time)`;
  const markdown = [
    `${describeMachineLine(machine)}; the load comes from the same machine`,
    `One worker process, HTTP, signed calls, ${result.threads} threads, ${(result.prefixCacheBytes / mebibyte).toFixed(0)} MiB for prefixes.`,
    '',
    markdownTable(
      [`requests of ${result.documentsPerRequest} documents`, 'prefixes', 'documents/s', 'median of a request'],
      throughput.map((point) => [
        `${point.concurrency} at a time (${point.requests})`,
        point.prefixes,
        point.documentsPerSecond.toFixed(1),
        ms(point.medianMs),
      ]),
    ),
    '',
    markdownTable(
      ['', 'measured', 'target', ''],
      [
        [
          `event-loop lag of the main thread, ${fullLoad.seconds.toFixed(0)} s, ${fullLoad.callers} callers, ${fullLoad.documents} documents: p99`,
          `${ms(lag.p99Ms)} (p50 ${ms(lag.p50Ms)}, max ${ms(lag.maxMs)})`,
          `≤ ${targets.lagP99Ms} ms`,
          verdict(verdicts.lag),
        ],
        ['resident memory in that time', memory, `≤ ${percent(targets.memoryGrowthShare)}`, verdict(verdicts.memory)],
        [
          `one document behind ${smallBehindLarge.largeDocuments}, median of ${smallBehindLarge.smallMs.length}`,
          `${ms(median(smallBehindLarge.smallMs))} of ${ms(median(smallBehindLarge.largeMs))} (${percent(smallShare)})`,
          `≤ ${percent(targets.smallShare)}`,
          verdict(verdicts.smallBehindLarge),
        ],
      ],
    ),
    '',
  ].join('\n');
  const json = { machine, ...result, smallShare, targets, verdicts };
  return { name: 'load', json, markdown, plots: [{ name: 'load-memory', svg: plotMemory(result) }] };
}

function plotMemory({ fullLoad }: LoadBenchmarkResult): string {
  const points = fullLoad.memory.map(({ seconds, residentBytes }) => ({
    seconds,
    mebibytes: residentBytes / mebibyte,
  }));
  return drawSvgFile({
    width: 720,
    height: 260,
    ariaLabel: 'Resident memory of the worker under full load',
    x: { label: 'seconds' },
    y: { label: 'MiB resident', grid: true, zero: true },
    marks: [line(points, { x: 'seconds', y: 'mebibytes' })],
  });
}

function verdict(met: boolean | null): string {
  return met === null ? 'not judged' : met ? 'met' : 'not met';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

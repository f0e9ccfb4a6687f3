import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import { median } from '#test/bench/median.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';
import { type FittedLine, fitLine } from '#test/bench/scale/fit-line.ts';
import { type MedianPoint, plotScale } from '#test/bench/scale/plot-scale.ts';
import type { ScaleBenchmarkResult } from '#test/bench/scale/run-scale-benchmark.ts';
import type { ScaleSeries } from '#test/bench/scale/scale-series.ts';

/** Kept documents may cost this much more when they are long, from the cheapest length to the dearest. */
const warmLengthRatioMax = 2;

export function renderScaleBenchmark(result: ScaleBenchmarkResult, machine: MachineDescription): BenchmarkReport {
  const summaries = result.series.map(summarise);
  const markdown = [
    describeMachineLine(machine),
    `${result.threads} threads; medians of ${result.repetitions}, of fewer where the column says so.`,
    ...summaries.map(renderSummary),
    '',
  ].join('\n');
  return {
    name: 'scale',
    json: { machine, ...result, summaries },
    markdown,
    plots: summaries.map((one) => ({ name: `scale-${one.name}`, svg: plotScale(one) })),
  };
}

interface ScaleSummary extends Pick<ScaleSeries, 'name' | 'setting'> {
  readonly medians: readonly MedianPoint[];
  readonly cold: FittedLine;
  readonly warm: FittedLine;
  /** The dearest warm point over the cheapest. */
  readonly warmRatio: number;
}

function summarise({ name, setting, points }: ScaleSeries): ScaleSummary {
  const medians = points.map(({ x, cold, warm }) => {
    return { x, cold: median(cold), warm: median(warm), repetitions: cold.length };
  });
  const warm = medians.map((point) => point.warm);
  return {
    ...{ name, setting, medians },
    cold: fitLine(medians.map((point) => [point.x, point.cold])),
    warm: fitLine(medians.map((point) => [point.x, point.warm])),
    warmRatio: Math.max(...warm) / Math.min(...warm),
  };
}

function renderSummary({ name, setting, medians, cold, warm, warmRatio }: ScaleSummary): string {
  const rows = medians.map((point) => [
    String(point.x),
    point.cold.toFixed(0),
    point.warm.toFixed(0),
    String(point.repetitions),
  ]);
  const fits = [
    `cold ${describeFit(cold, name)}`,
    name === 'documents' ? `warm ${describeFit(warm, name)}` : `warm, dearest over cheapest: ${warmRatio.toFixed(2)}`,
  ];
  const verdict = warmRatio <= warmLengthRatioMax ? 'met' : 'not met';
  const target = name === 'tokens' ? ` (at most ${warmLengthRatioMax}: ${verdict})` : '';
  return [
    '',
    `${setting}:`,
    '',
    markdownTable([name, 'cold, ms', 'warm, ms', 'of'], rows),
    '',
    `${fits.join('; ')}${target}.`,
  ].join('\n');
}

function describeFit({ intercept, slope, rSquared }: FittedLine, unit: string): string {
  return `${intercept.toFixed(0)} ms + ${slope.toFixed(2)} ms × ${unit} (R² ${rSquared.toFixed(4)})`;
}

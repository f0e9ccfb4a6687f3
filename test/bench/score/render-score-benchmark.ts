import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import { median } from '#test/bench/median.ts';
import type { ScoreBenchmarkResult, SideResult } from '#test/bench/score/run-score-benchmark.ts';

/** The result for people: medians, spreads, ratios, and what each side did. */
export function renderScoreBenchmark(result: ScoreBenchmarkResult, machine: MachineDescription): string {
  const width = Math.max(...result.sides.map((side) => side.name.length));
  const rows = result.sides.map((side) => {
    const { low, high } = rangeOf(side);
    const difference =
      side.meanDifference === null ? '' : `   mean |Δ| to fp32 ${side.meanDifference.toFixed(4)} nats/token`;
    return `${side.name.padEnd(width)}  ${medianOf(side).toFixed(1).padStart(6)} documents/s  (${low.toFixed(1)} to ${high.toFixed(1)})${difference}`;
  });
  return [
    describeMachineLine(machine),
    `${result.rounds} interleaved rounds of ${result.documents} documents (${result.documentTokens.toFixed(0)} tokens on average) for one query (${result.queryTokens} tokens in the first round); cold; ${result.threads} threads a side`,
    '',
    ...rows,
    '',
    ...ratiosOf(result.sides).map(({ over, under, ratio }) => `${over} / ${under}: ${ratio.toFixed(2)}`),
    '',
    ...result.sides.map((side) => `${side.name}: ${side.description}.`),
    '',
  ].join('\n');
}

/** The result for programs. */
export function shapeScoreBenchmark(result: ScoreBenchmarkResult, machine: MachineDescription) {
  return {
    machine,
    ...result,
    sides: result.sides.map((side) => ({ ...side, median: medianOf(side), ...rangeOf(side) })),
    ratios: ratiosOf(result.sides),
  };
}

function ratiosOf(sides: readonly SideResult[]): { over: string; under: string; ratio: number }[] {
  const [fp32, int8, ...peers] = sides;
  if (fp32 === undefined || int8 === undefined) return [];
  const ratio = (over: SideResult, under: SideResult) => ({
    over: over.name,
    under: under.name,
    ratio: medianOf(over) / medianOf(under),
  });
  return [ratio(int8, fp32), ...peers.flatMap((peer) => [ratio(fp32, peer), ratio(int8, peer)])];
}

function medianOf(side: SideResult): number {
  return median(side.documentsPerSecond);
}

function rangeOf(side: SideResult): { low: number; high: number } {
  return { low: Math.min(...side.documentsPerSecond), high: Math.max(...side.documentsPerSecond) };
}

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
    `${result.rounds} interleaved rounds of ${result.documents} documents (${result.documentTokens.toFixed(0)} tokens on average) for one query (${result.queryTokens} tokens in the first round); ${result.threads} threads a side; warm: the same documents for another query`,
    '',
    ...rows,
    '',
    ...ratiosOf(result.sides).map(({ over, under, ratio }) => `${over} / ${under}: ${ratio.toFixed(2)}`),
    '',
    ...[...new Set(result.sides.map(({ description }) => description))].map(
      (description) => `${namesWith(result.sides, description)}: ${description}.`,
    ),
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

/** What the measurements are compared by: pairs of names, whatever was not measured left out. */
const ratioNames: readonly (readonly [string, string])[] = [
  ['hintrank int8, cold', 'hintrank fp32, cold'],
  ['hintrank int8, warm, all documents seen', 'hintrank int8, cold'],
  ['hintrank int8, warm, 90 % of documents seen', 'hintrank int8, cold'],
  ['hintrank int8, warm, one adapter', 'hintrank int8, warm, all documents seen'],
  ['hintrank int8, warm, 8 mixed adapters', 'hintrank int8, warm, all documents seen'],
  ...['llama.cpp, likelihood', 'llama.cpp, evaluate'].flatMap((peer) =>
    ['fp32, cold', 'int8, cold', 'int8, warm, all documents seen'].map((own) => [`hintrank ${own}`, peer] as const),
  ),
];

function ratiosOf(sides: readonly SideResult[]): { over: string; under: string; ratio: number }[] {
  const medians = new Map(sides.map((side) => [side.name, medianOf(side)]));
  return ratioNames.flatMap(([over, under]) => {
    const [one, other] = [medians.get(over), medians.get(under)];
    return one === undefined || other === undefined ? [] : [{ over, under, ratio: one / other }];
  });
}

function namesWith(sides: readonly SideResult[], description: string): string {
  const names = sides.filter((side) => side.description === description).map(({ name }) => name);
  return names.length === 1 ? (names[0] ?? '') : `${names[0]} and so on`;
}

function medianOf(side: SideResult): number {
  return median(side.documentsPerSecond);
}

function rangeOf(side: SideResult): { low: number; high: number } {
  return { low: Math.min(...side.documentsPerSecond), high: Math.max(...side.documentsPerSecond) };
}

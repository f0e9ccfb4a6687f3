import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import { median } from '#test/bench/median.ts';
import { markdownTable } from '#test/bench/report/markdown-table.ts';
import type { BenchmarkReport } from '#test/bench/report/write-benchmark-report.ts';
import { plotScoreBenchmark } from '#test/bench/score/plot-score-benchmark.ts';
import type { ScoreBenchmarkResult, SideResult } from '#test/bench/score/run-score-benchmark.ts';

/** The result: medians, spreads, ratios, and what each side did. */
export function renderScoreBenchmark(result: ScoreBenchmarkResult, machine: MachineDescription): BenchmarkReport {
  const sides = result.sides.map((side) => ({ ...side, median: medianOf(side), ...rangeOf(side) }));
  return {
    name: 'score',
    json: { machine, ...result, sides, ratios: ratiosOf(result.sides) },
    markdown: renderTable(result, machine),
    plots: [{ name: 'score', svg: plotScoreBenchmark(sides) }],
  };
}

function renderTable(result: ScoreBenchmarkResult, machine: MachineDescription): string {
  const rows = result.sides.map((side) => {
    const { low, high } = rangeOf(side);
    const { meanDifference, suffixRows } = side;
    const documents = medianOf(side);
    return [
      side.name,
      `${documents.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
      suffixRows?.toFixed(1) ?? '',
      suffixRows === null ? '' : (documents * suffixRows).toFixed(0),
      meanDifference?.toFixed(4) ?? '',
    ];
  });
  const head = [
    '',
    'documents/s, median (range)',
    'rows behind a document',
    'such rows/s',
    'mean abs. Δ to fp32, nats',
  ];
  return [
    describeMachineLine(machine),
    `${result.rounds} interleaved rounds of ${result.documents} documents (${result.documentTokens.toFixed(0)} tokens on average) for one query (${result.queryTokens} tokens in the first round); ${result.threads} threads a side; warm: the same documents for another query`,
    '',
    markdownTable(head, rows),
    '',
    markdownTable(
      ['', 'ratio'],
      ratiosOf(result.sides).map(({ over, under, ratio }) => [`${over} / ${under}`, ratio.toFixed(2)]),
    ),
    '',
    ...[...new Set(result.sides.map(({ description }) => description))].map(
      (description) => `* ${namesWith(result.sides, description)}: ${description}.`,
    ),
    '',
  ].join('\n');
}

/** What the measurements are compared by: pairs of names, whatever was not measured left out. */
const ratioNames: readonly (readonly [string, string])[] = [
  ['hintrank int8, cold', 'hintrank fp32, cold'],
  ['hintrank int8, warm, all documents seen', 'hintrank int8, cold'],
  ['hintrank int8, warm, 90 % of documents seen', 'hintrank int8, cold'],
  ['hintrank int8, warm, one adapter', 'hintrank int8, warm, all documents seen'],
  ['hintrank int8, warm, 8 mixed adapters', 'hintrank int8, warm, all documents seen'],
  ['hintrank int8, warm, 8 mixed adapters', 'hintrank int8, warm, one adapter'],
  ['hintrank int8, warm, 8 mixed adapters', 'hintrank int8, warm, two questions, no adapter'],
  ...['plain ONNX fp32', 'llama.cpp, likelihood', 'llama.cpp, evaluate'].flatMap((peer) =>
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

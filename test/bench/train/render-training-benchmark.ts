import { describeMachineLine, type MachineDescription } from '#test/bench/describe-machine.ts';
import type { TrainingBenchmarkResult } from '#test/bench/train/run-training-benchmark.ts';
import { summariseTrainingSide, type TrainingSideSummary } from '#test/bench/train/summarise-training-side.ts';

/** Queries of the paper's training sets. */
const paperQueries = 320;

/** The result for people, as Markdown: medians of each part, ratios, what a pass over 320 queries takes, and what each side did. */
export function renderTrainingBenchmark(result: TrainingBenchmarkResult, machine: MachineDescription): string {
  const summaries = result.sides.map(summariseTrainingSide);
  const [first] = result.sides;
  const passSteps = Math.ceil(paperQueries / result.queriesPerStep);
  return [
    describeMachineLine(machine),
    '',
    `${result.rounds} interleaved steps of ${result.queriesPerStep} queries, ${result.sequencesPerStep} sequences: ${count(first?.prefixTokens)} prefix tokens and ${count(first?.suffixTokens)} suffix rows (${first?.method}); fp32, ${result.threads} threads a side. Milliseconds, medians.`,
    '',
    '| | prefix | hints | forward | backward | optimiser | step, prefixes kept (range) | step, prefixes new | suffix rows/s | peak memory |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...summaries.map(renderRow),
    '',
    ...ratiosOf(summaries).map(
      ({ method, kept, whole }) =>
        `PyTorch / hintrank, ${method}: ${kept.toFixed(2)} with kept prefixes, ${whole.toFixed(2)} with new ones.`,
    ),
    ...summaries.map(
      ({ name, keptStep, newStep }) =>
        `${name}: one pass over ${paperQueries} queries (${passSteps} steps) takes ${seconds(passSteps * newStep)} the first time, ${seconds(passSteps * keptStep)} again (computed from the medians).`,
    ),
    '',
    ...result.sides.map(({ name, description, meanDifference }) => {
      const difference =
        meanDifference === null ? '' : ` Mean |Δ| of the mean NLL: ${meanDifference.toExponential(1)} nats per token.`;
      return `${name}: ${description}.${difference}`;
    }),
    '',
  ].join('\n');
}

/** The result for programs. */
export function shapeTrainingBenchmark(result: TrainingBenchmarkResult, machine: MachineDescription) {
  const summaries = result.sides.map(summariseTrainingSide);
  return {
    machine,
    ...result,
    sides: result.sides.map((side, index) => ({ ...side, median: summaries[index] })),
    ratios: ratiosOf(summaries),
  };
}

function renderRow({ name, times, keptStep, keptStepRange, newStep, tokensPerSecond, peakBytes }: TrainingSideSummary) {
  const parts = [times.prefix, times.hints, times.forward, times.backward, times.optimiser].map(count);
  const kept = `${count(keptStep)} (${count(keptStepRange.low)} to ${count(keptStepRange.high)})`;
  const cells = [
    name,
    ...parts,
    kept,
    count(newStep),
    count(tokensPerSecond),
    `${(peakBytes / 2 ** 30).toFixed(2)} GiB`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Above 1, hintrank is faster. */
function ratiosOf(summaries: readonly TrainingSideSummary[]) {
  return summaries.flatMap((own) => {
    const peer = summaries.find(({ engine, method }) => engine === 'pytorch' && method === own.method);
    if (own.engine !== 'hintrank' || peer === undefined) return [];
    return [{ method: own.method, kept: peer.keptStep / own.keptStep, whole: peer.newStep / own.newStep }];
  });
}

function count(value = Number.NaN): string {
  return value.toFixed(0);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(0)} s`;
}

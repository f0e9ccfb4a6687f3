import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Competitor, type MethodSides, startMethod } from '#test/bench/train/training-competitors.ts';
import type { StepMeasurement, TokenSequence, TokenStep, TrainedMethod } from '#test/bench/train/training-side.ts';

export interface TrainingBenchmarkOptions {
  readonly modelPath: string;
  /** For converted weights; prefixes in it are removed before and after. */
  readonly cacheFolder: string;
  readonly threads: number;
  readonly methods: readonly TrainedMethod[];
  /** Measured steps of each side. */
  readonly rounds: number;
  /** An interpreter with PyTorch; null: without the peer. */
  readonly python: string | null;
  readonly onProgress: (sentence: string) => void;
}

export interface TrainingSideResult extends Omit<Competitor, 'measure' | 'stop'> {
  readonly steps: readonly StepMeasurement[];
  /** Means over the measured steps. */
  readonly prefixTokens: number;
  readonly suffixTokens: number;
}

export interface TrainingBenchmarkResult {
  readonly threads: number;
  readonly rounds: number;
  readonly queriesPerStep: number;
  readonly sequencesPerStep: number;
  readonly sides: readonly TrainingSideResult[];
}

/** Before the clock counts. */
const warmUpSteps = 1;

/** Numbers of documents are this far apart between methods, and no number has fewer digits than another. */
const numbersPerMethod = 100_000;

/**
 * Steps of the default preset, split into their parts, of every side on the same sequences; steps take turns and their order rotates, so that a
 * disturbance of the machine meets all sides alike.
 */
export async function runTrainingBenchmark(options: TrainingBenchmarkOptions): Promise<TrainingBenchmarkResult> {
  const { rounds, threads, methods, onProgress } = options;
  await removePrefixes(options.cacheFolder);
  await mkdir(options.cacheFolder, { recursive: true });
  const sides: MethodSides[] = [];
  const steps: TokenStep[][] = methods.map(() => []);
  const measured = new Map<Competitor, StepMeasurement[]>();
  try {
    for (const [index, method] of methods.entries()) {
      const { modelPath, cacheFolder, python } = options;
      const setup = { method, modelPath, cacheFolder, threads, steps: rounds + warmUpSteps };
      sides.push(await startMethod({ ...setup, firstNumber: (index + 1) * numbersPerMethod, python, onProgress }));
    }
    for (let round = 0; round < rounds; round += 1) {
      onProgress(`step ${round + 1} of ${rounds}`);
      for (const [index, { nextStep, competitors }] of sides.entries()) {
        const step = await nextStep();
        steps[index]?.push(step);
        for (const competitor of rotate(competitors, round)) {
          const known = measured.get(competitor) ?? [];
          measured.set(competitor, [...known, await competitor.measure(step)]);
        }
      }
    }
  } finally {
    for (const { competitors } of sides) for (const { stop } of competitors) stop();
    await removePrefixes(options.cacheFolder);
  }
  return {
    threads,
    rounds,
    queriesPerStep: steps[0]?.[0]?.groups.length ?? 0,
    sequencesPerStep: steps[0]?.[0]?.sequences.length ?? 0,
    sides: sides.flatMap(({ competitors }, index) =>
      competitors.map(({ measure: _, stop: __, ...competitor }, place) => ({
        ...competitor,
        steps: measured.get(competitors[place] as Competitor) ?? [],
        prefixTokens: meanOver(steps[index] ?? [], ({ prefix }) => prefix.length),
        suffixTokens: meanOver(steps[index] ?? [], suffixRows),
      })),
    ),
  };
}

/** A run that was killed leaves gigabytes; and what is kept from it would be no new document any more. */
function removePrefixes(cacheFolder: string): Promise<void> {
  return rm(join(cacheFolder, 'prefixes'), { recursive: true, force: true });
}

function rotate<Item>(items: readonly Item[], turns: number): Item[] {
  const start = turns % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Rows of the hints, the cue, and all targets but the last. */
function suffixRows({ hints, suffix }: TokenSequence): number {
  const block = 'block' in hints ? hints.block : [...hints.open, ...hints.query, ...hints.close];
  return block.length + suffix.length;
}

/** Mean over the steps of a sum over their sequences. */
function meanOver(steps: readonly TokenStep[], count: (sequence: TokenSequence) => number): number {
  const sums = steps.map(({ sequences }) => sequences.reduce((sum, sequence) => sum + count(sequence), 0));
  return sums.reduce((sum, one) => sum + one, 0) / sums.length;
}

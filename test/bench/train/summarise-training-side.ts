import { median } from '#test/bench/median.ts';
import type { TrainingSideResult } from '#test/bench/train/run-training-benchmark.ts';
import type { StepMeasurement, StepTimes } from '#test/bench/train/training-side.ts';

/** Medians over the measured steps, milliseconds where nothing else is said. */
export interface TrainingSideSummary {
  readonly name: string;
  readonly engine: TrainingSideResult['engine'];
  readonly method: TrainingSideResult['method'];
  readonly times: StepTimes;
  /** A step whose prefixes are kept: each epoch but the first. */
  readonly keptStep: number;
  readonly keptStepRange: { readonly low: number; readonly high: number };
  /** A step whose prefixes are all new. */
  readonly newStep: number;
  /** Suffix rows of a step with kept prefixes, per second. */
  readonly tokensPerSecond: number;
  readonly peakBytes: number;
}

export function summariseTrainingSide(side: TrainingSideResult): TrainingSideSummary {
  const { name, engine, method, steps } = side;
  const over = (value: (step: StepMeasurement) => number) => median(steps.map(value));
  const kept = steps.map(keptStepOf);
  const keptStep = median(kept);
  return {
    name,
    engine,
    method,
    times: {
      prefix: over(({ times }) => times.prefix),
      hints: over(({ times }) => times.hints),
      forward: over(({ times }) => times.forward),
      backward: over(({ times }) => times.backward),
      optimiser: over(({ times }) => times.optimiser),
    },
    keptStep,
    keptStepRange: { low: Math.min(...kept), high: Math.max(...kept) },
    newStep: over((step) => step.times.prefix + keptStepOf(step)),
    tokensPerSecond: (side.suffixTokens / keptStep) * 1000,
    peakBytes: Math.max(...steps.map(({ peakBytes }) => peakBytes)),
  };
}

function keptStepOf({ times }: StepMeasurement): number {
  return times.hints + times.forward + times.backward + times.optimiser;
}

import type { BesideTrainingResult, LoadName, Phase } from '#test/bench/beside-training/run-beside-training.ts';
import { loads } from '#test/bench/beside-training/run-beside-training.ts';
import { percentile } from '#test/bench/percentile.ts';

export interface LoadFigures {
  readonly requests: number;
  readonly documentsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One load at one share: all rounds together. */
export interface ShareSummary {
  readonly share: number;
  readonly load: LoadName;
  readonly alone: LoadFigures;
  readonly beside: LoadFigures;
  /** What the training took of all cores' time while it went on. */
  readonly trainingTook: number;
  readonly trainingSteps: number;
  /** Whether it kept its share in every phase, but for one run of the model that began in time. */
  readonly kept: boolean;
}

/** Processor seconds of one run of the model with all that belongs to it: what may be going on when the share is used up. */
const longestRunSeconds = 1.5;

export function summariseBesideTraining({
  phases,
  cores,
  documentsPerRequest,
}: BesideTrainingResult): readonly ShareSummary[] {
  const shares = [...new Set(phases.map(({ share }) => share))];
  return shares.flatMap((share) =>
    loads.map((load) => {
      const of = (beside: boolean) =>
        phases.filter((phase) => phase.share === share && phase.load === load && phase.beside === beside);
      const beside = of(true);
      const seconds = secondsOf(beside);
      return {
        ...{ share, load },
        alone: figuresOf(of(false), documentsPerRequest),
        beside: figuresOf(beside, documentsPerRequest),
        trainingTook: beside.reduce((sum, phase) => sum + phase.trainingTook * phase.seconds, 0) / seconds,
        trainingSteps: beside.reduce((sum, phase) => sum + phase.trainingSteps, 0),
        kept: beside.every((phase) => phase.trainingTook <= share + longestRunSeconds / (phase.seconds * cores)),
      };
    }),
  );
}

function figuresOf(phases: readonly Phase[], documentsPerRequest: number): LoadFigures {
  const latencies = phases.flatMap((phase) => phase.latencies);
  return {
    requests: latencies.length,
    documentsPerSecond: (latencies.length * documentsPerRequest) / secondsOf(phases),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

function secondsOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}

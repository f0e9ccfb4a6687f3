import type { RankingGroup } from '#gpu-worker/training/losses/ranking-loss.ts';

export type TrainedMethod = 'retrieve' | 'attend';

/** The parts of a step, milliseconds of wall time. Keys and values of prefixes are the frozen model's: only new documents cost them. */
export interface StepTimes {
  readonly prefix: number;
  /** Choosing hint tokens, and the hint module forward. */
  readonly hints: number;
  readonly forward: number;
  /** Through the model, and through the hint module where that is not told apart. */
  readonly backward: number;
  readonly optimiser: number;
}

export interface StepMeasurement {
  readonly times: StepTimes;
  readonly loss: number;
  /** Largest memory of the side’s process up to now: resident, but pages of files that several sessions map once. */
  readonly peakBytes: number;
}

/** Token ids that the hints of a sequence are made from. */
export type HintIds =
  | { readonly block: readonly number[] }
  | {
      readonly query: readonly number[];
      readonly keys: readonly number[];
      readonly open: readonly number[];
      readonly close: readonly number[];
    };

/** One (query, document) sequence as a peer without tokenizer and templates needs it. */
export interface TokenSequence {
  readonly prefix: readonly number[];
  readonly hints: HintIds;
  /** What follows the hints; the last rows predict the targets. */
  readonly suffix: readonly number[];
  readonly targets: readonly number[];
}

export interface TokenStep {
  readonly sequences: readonly TokenSequence[];
  readonly groups: readonly RankingGroup[];
}

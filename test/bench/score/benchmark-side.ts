import { type SideProcess, startSide } from '#test/bench/side-process.ts';

/** One document with the query it is scored for, as text and as the token ids that the text becomes in the template. */
export interface BenchmarkPair {
  readonly document: string;
  readonly query: string;
  /** Everything before the first target. */
  readonly promptIds: readonly number[];
  readonly targetIds: readonly number[];
}

export interface RoundRequest {
  readonly pairs: readonly BenchmarkPair[];
  /** Adapters that the pairs take turns with; 0: none. Sides that have none score without. */
  readonly adapters: number;
}

/** How long the pairs of a round took, and what they scored. */
export interface RoundResult {
  readonly milliseconds: number;
  /** None where the side reads none. */
  readonly meanLogLikelihoods: readonly number[];
  /** Rows behind the documents that went through the model (hints, cue, query) of all pairs; null where the side does not split so. */
  readonly suffixRows: number | null;
}

export type BenchmarkSide = SideProcess<RoundRequest, RoundResult>;

/** Starts `module` (a file of this folder) as a side. */
export function startScoringSide<Setup>(module: string, setup: Setup): Promise<BenchmarkSide> {
  return startSide<Setup, RoundRequest, RoundResult>(new URL(module, import.meta.url), setup);
}

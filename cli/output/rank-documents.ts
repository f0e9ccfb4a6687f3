import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';

export interface RankedDocument<T> {
  readonly document: T;
  /** Place in the input, from 0. */
  readonly index: number;
  readonly score: PairScore;
}

/** Best mean log-likelihood first; equal scores keep the order of the input. `scores[i]` belongs to `documents[i]`. */
export function rankDocuments<T>(documents: readonly T[], scores: readonly PairScore[]): RankedDocument<T>[] {
  return documents
    .flatMap((document, index) => {
      const score = scores[index];
      return score === undefined ? [] : [{ document, index, score }];
    })
    .sort((a, b) => b.score.meanLogLikelihood - a.score.meanLogLikelihood);
}

import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';

/** A document's scores before it has a place. */
export interface RankableScore {
  readonly pair: PairScore;
  /** What documents are ordered by: log-odds of relevance, or the mean log-likelihood. */
  readonly orderScore: number;
  /** In (0, 1). */
  readonly relevanceScore: number;
}

export interface RankedDocument<T> extends RankableScore {
  readonly document: T;
  /** Place in the input, from 0. */
  readonly index: number;
}

/** Best score first; equal scores keep the order of the input. `scores[i]` belongs to `documents[i]`. */
export function rankDocuments<T>(documents: readonly T[], scores: readonly RankableScore[]): RankedDocument<T>[] {
  return documents
    .flatMap((document, index) => {
      const score = scores[index];
      return score === undefined ? [] : [{ document, index, ...score }];
    })
    .sort((a, b) => b.orderScore - a.orderScore);
}

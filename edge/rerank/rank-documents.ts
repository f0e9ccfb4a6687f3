/** A document's scores before it has a place. */
export interface OrderedScore {
  /** What documents are ordered by: log-odds of relevance, or the mean log-likelihood. */
  readonly orderScore: number;
  /** Nats per query token. */
  readonly meanLogLikelihood: number;
}

/** A document's place: its position in the request and what it is ordered by. */
export interface RankedDocument extends OrderedScore {
  readonly index: number;
}

/**
 * Best first; equal scores keep the order of the request, so that the same request always gets the same answer.
 * Ordered by what the public score is made of, not by that score, which may be equal at its ends. `topN` undefined or 0: all.
 */
export function rankDocuments(scores: readonly OrderedScore[], topN: number | undefined): RankedDocument[] {
  const ranked = scores
    .map((score, index) => ({ index, ...score }))
    .sort((left, right) => right.orderScore - left.orderScore || left.index - right.index);
  return topN === undefined || topN === 0 ? ranked : ranked.slice(0, topN);
}

/** A document's scores before it has a place. */
export interface OrderedScore {
  /** What documents are ordered by: log-odds of relevance, or the mean log-likelihood. */
  readonly orderScore: number;
  /** Nats per query token. */
  readonly meanLogLikelihood: number;
  /** Where `orderScore` is fused with a first stage's: what it was before. */
  readonly unfusedScore?: number;
}

/** A document's place: its position in the request and what it is ordered by. */
export interface RankedDocument {
  readonly index: number;
  readonly orderScore: number;
  /** Nats per query token; undefined where the order is the request's own. */
  readonly meanLogLikelihood: number | undefined;
  /** As of OrderedScore. */
  readonly unfusedScore?: number;
}

/**
 * Best first; equal scores keep the order of the request, so that the same request always gets the same answer.
 * Ordered by what the public score is made of, not by that score, which may be equal at its ends. Documents without a score have no place. `topN`
 * undefined or 0: all.
 */
export function rankDocuments(
  scores: readonly (OrderedScore | undefined)[],
  topN: number | undefined,
): RankedDocument[] {
  const ranked = scores
    .flatMap((score, index) => (score === undefined ? [] : [{ index, ...score }]))
    .sort((left, right) => right.orderScore - left.orderScore || left.index - right.index);
  return cut(ranked, topN);
}

/** The documents as they came, all with the same score, for a request that would rather have that than an error. */
export function keepOrder(documentCount: number, topN: number | undefined): RankedDocument[] {
  const kept = Array.from({ length: documentCount }, (_, index) => ({
    index,
    orderScore: 0,
    meanLogLikelihood: undefined,
  }));
  return cut(kept, topN);
}

function cut(ranked: RankedDocument[], topN: number | undefined): RankedDocument[] {
  return topN === undefined || topN === 0 ? ranked : ranked.slice(0, topN);
}

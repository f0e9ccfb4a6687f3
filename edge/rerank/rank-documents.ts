/** A document's place: its position in the request and what it is ordered by. */
export interface RankedDocument {
  readonly index: number;
  /** Nats per query token. */
  readonly meanLogLikelihood: number;
}

/**
 * Best first; equal scores keep the order of the request, so that the same request always gets the same answer.
 * Ordered by the likelihood, not by the public score, which may be equal at its ends. `topN` undefined or 0: all.
 */
export function rankDocuments(meanLogLikelihoods: readonly number[], topN: number | undefined): RankedDocument[] {
  const ranked = meanLogLikelihoods
    .map((meanLogLikelihood, index) => ({ index, meanLogLikelihood }))
    .sort((left, right) => right.meanLogLikelihood - left.meanLogLikelihood || left.index - right.index);
  return topN === undefined || topN === 0 ? ranked : ranked.slice(0, topN);
}

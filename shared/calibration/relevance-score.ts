import { insideUnitInterval } from '#shared/calibration/inside-unit-interval.ts';

/**
 * The score of `scoring: "likelihood"`, in (0, 1): exp(mean log-likelihood), the geometric mean of the probabilities that the model gives the query's
 * tokens after reading the document.
 *
 * It needs no other candidate and no fitted constant, it is strictly increasing wherever doubles can tell (ranking by it and by the likelihood is the
 * same), and it does not saturate, since real documents lie between 0.001 and 0.6. It is a scale per query, not across queries: easy queries score
 * higher with any document. Full float64 precision: rounding would make ties where there are none.
 */
export function relevanceScore(meanLogLikelihood: number): number {
  if (!Number.isFinite(meanLogLikelihood)) {
    throw new RangeError(`a mean log-likelihood must be finite, got ${meanLogLikelihood}`);
  }
  return insideUnitInterval(Math.exp(meanLogLikelihood));
}

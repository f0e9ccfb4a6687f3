/** The neighbours of 0 and 1 among the doubles: the ends of the scale are never reached, so that a threshold or a logit of a score is always finite. */
const smallest = Number.MIN_VALUE;
const largest = 1 - Number.EPSILON / 2;

/**
 * The public score of a document, in (0, 1): exp(mean log-likelihood), the geometric mean of the probabilities that the model gives the query's
 * tokens after reading the document.
 *
 * Why this one: it needs no other candidate and no fitted constant, it is strictly increasing wherever doubles can tell (ranking by it and by the
 * likelihood is the same), and it does not saturate, since real documents lie between 0.001 and 0.6. It is a scale per query, not across queries:
 * easy queries score higher with any document.
 * Full float64 precision: rounding would make ties where there are none.
 */
export function relevanceScore(meanLogLikelihood: number): number {
  if (!Number.isFinite(meanLogLikelihood)) {
    throw new RangeError(`a mean log-likelihood must be finite, got ${meanLogLikelihood}`);
  }
  return Math.min(largest, Math.max(smallest, Math.exp(meanLogLikelihood)));
}

/** The neighbours of 0 and 1 among the doubles. */
const smallest = Number.MIN_VALUE;
const largest = 1 - Number.EPSILON / 2;

/** `probability` kept off the ends of the scale, which are never reached, so that a threshold or a logit of a score is always finite. */
export function insideUnitInterval(probability: number): number {
  return Math.min(largest, Math.max(smallest, probability));
}

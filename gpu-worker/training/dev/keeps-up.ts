import { sampleStandardDeviation } from 'simple-statistics';

/**
 * Whether a later look is as good as the highest one so far, as far as the dev queries can tell: it lies behind by at most the standard error of the
 * mean difference over the queries (the one-standard-error rule; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 7.10).
 * The learning rate falls to zero, so of looks that cannot be told apart the last is the least noisy. Both [queries], in the same order.
 */
export function keepsUp(later: readonly number[], highest: readonly number[]): boolean {
  const behind = highest.map((value, query) => value - (later[query] ?? Number.NaN));
  const mean = behind.reduce((sum, value) => sum + value, 0) / behind.length;
  const standardError = behind.length < 2 ? 0 : sampleStandardDeviation(behind) / Math.sqrt(behind.length);
  return mean <= standardError;
}

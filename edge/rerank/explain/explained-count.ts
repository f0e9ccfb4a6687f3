import { limits } from '#shared/limits.ts';

/** How many of the best results are explained: few enough for an answer that can be read, and one at least. */
export function explainedCount(results: number, queryTokens: number): number {
  const affordable = Math.floor(limits.explainedTokensMax / Math.max(1, queryTokens));
  return Math.min(results, limits.explainedResultsMax, Math.max(1, affordable));
}

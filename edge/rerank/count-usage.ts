import type { RerankUsage } from '#edge/rerank/rerank-outcome.ts';
import type { DocumentScore } from '#shared/protocol/score.ts';

/** Documents of one search unit: Cohere's definition, which LiteLLM's cost tables assume. */
const documentsPerSearchUnit = 100;

/** What the request cost. `fromCache`: whether each document's score was there already. */
export function countUsage(
  scores: readonly DocumentScore[],
  queryTokens: number,
  fromCache: readonly boolean[],
): RerankUsage {
  const tokensOf = (counted: readonly DocumentScore[]) =>
    counted.reduce((sum, score) => sum + score.document_tokens + queryTokens, 0);
  return {
    tokens: tokensOf(scores),
    cachedTokens: tokensOf(scores.filter((_, index) => fromCache[index])),
    searchUnits: Math.ceil(scores.length / documentsPerSearchUnit),
  };
}

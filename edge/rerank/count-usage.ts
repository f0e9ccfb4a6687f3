import type { RerankUsage } from '#edge/rerank/rerank-outcome.ts';
import type { DocumentScore } from '#shared/protocol/score.ts';

/** Documents of one search unit: Cohere's definition, which LiteLLM's cost tables assume. */
const documentsPerSearchUnit = 100;

/** What the request cost. */
export function countUsage(scores: readonly DocumentScore[], queryTokens: number): RerankUsage {
  const documentTokens = scores.reduce((sum, score) => sum + score.document_tokens, 0);
  return {
    tokens: documentTokens + queryTokens * scores.length,
    searchUnits: Math.ceil(scores.length / documentsPerSearchUnit),
  };
}

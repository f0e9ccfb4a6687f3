import type { RerankUsage } from '#edge/rerank/rerank-outcome.ts';
import type { DocumentScore } from '#shared/protocol/score.ts';

/** Documents of one search unit: Cohere's definition, which LiteLLM's cost tables assume. */
const documentsPerSearchUnit = 100;

/** Cohere's too: each chunk of a long document counts as a document. */
const piecesOf = (score: DocumentScore) => score.chunk?.count ?? 1;

/** What the request cost: the documents that have a score. `fromCache`: whether each document's score was there already. */
export function countUsage(
  scores: readonly (DocumentScore | undefined)[],
  queryTokens: number,
  fromCache: readonly boolean[],
): RerankUsage {
  const tokensOf = (counted: readonly (DocumentScore | undefined)[]) =>
    counted.reduce(
      (sum, score) => sum + (score === undefined ? 0 : score.document_tokens + piecesOf(score) * queryTokens),
      0,
    );
  const pieces = scores.reduce((sum, score) => sum + (score === undefined ? 0 : piecesOf(score)), 0);
  return {
    tokens: tokensOf(scores),
    cachedTokens: tokensOf(scores.filter((_, index) => fromCache[index])),
    searchUnits: Math.ceil(pieces / documentsPerSearchUnit),
  };
}

import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { publicScore } from '#edge/rerank/public-score.ts';
import type { RankedDocument } from '#edge/rerank/rank-documents.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import { resultExtras } from '#edge/rerank/result-extras.ts';
import type { RerankResponse, RerankResult } from '#shared/protocol/rerank-response.ts';

/** The canonical form: Cohere's v1 and v2, Jina's and vLLM's requests, and one answer for all of them. */
export const cohereShape: ClientShape = {
  matches: () => true,
  toCanonical: (body) => body,
  fieldNames: {},
  respond: (outcome): RerankResponse => ({
    id: outcome.requestId,
    object: 'list',
    created: Math.floor(outcome.createdAtMs / 1000),
    model: outcome.model,
    results: outcome.ranked.map((ranked) => toResult(outcome, ranked)),
    usage: { prompt_tokens: outcome.usage.tokens, total_tokens: outcome.usage.tokens },
    ...(outcome.receipt === undefined ? {} : { receipt: outcome.receipt }),
    meta: {
      api_version: { version: '2' },
      billed_units: { search_units: outcome.usage.searchUnits, total_tokens: outcome.usage.tokens },
      tokens: { input_tokens: outcome.usage.tokens, output_tokens: 0 },
      cached_tokens: outcome.usage.cachedTokens,
      cached_documents: outcome.fromCache.filter((cached) => cached).length,
      ...(outcome.degradation === undefined
        ? {}
        : { degraded: { ...outcome.degradation, unscored: [...outcome.degradation.unscored] } }),
      ...(outcome.warnings.length === 0 ? {} : { warnings: [...outcome.warnings] }),
    },
  }),
  errorShape: 'superset',
};

function toResult(outcome: RerankOutcome, ranked: RankedDocument): RerankResult {
  const document = outcome.request.documents[ranked.index];
  const text = outcome.texts[ranked.index] ?? '';
  const fields = typeof document === 'object' ? document : {};
  return {
    index: ranked.index,
    relevance_score: publicScore(outcome, ranked),
    ...(ranked.meanLogLikelihood === undefined ? {} : { mean_log_likelihood: ranked.meanLogLikelihood }),
    ...resultExtras(outcome, ranked),
    ...(outcome.request.return_documents ? { document: { ...fields, text } } : {}),
  };
}

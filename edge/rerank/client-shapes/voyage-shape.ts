import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { publicScore } from '#edge/rerank/public-score.ts';
import { resultExtras } from '#edge/rerank/result-extras.ts';

/** Voyage: known by `top_k` (its client always sends it, null included) without `top_n`; a list under `data` out. */
export const voyageShape: ClientShape = {
  matches: (body) => 'top_k' in body && !('top_n' in body),
  toCanonical: ({ top_k, ...rest }) => ({ ...rest, top_n: top_k }),
  fieldNames: { top_n: 'top_k' },
  respond: (outcome) => ({
    object: 'list',
    model: outcome.model,
    data: outcome.ranked.map((ranked) => ({
      index: ranked.index,
      relevance_score: publicScore(outcome, ranked),
      ...resultExtras(outcome, ranked),
      ...(outcome.request.return_documents ? { document: outcome.texts[ranked.index] } : {}),
    })),
    usage: { total_tokens: outcome.usage.tokens },
    ...(outcome.receipt === undefined ? {} : { receipt: outcome.receipt }),
  }),
  errorShape: 'superset',
};

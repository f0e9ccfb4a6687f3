import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { publicScore } from '#edge/rerank/public-score.ts';
import { resultExtras } from '#edge/rerank/result-extras.ts';

/** Mixedbread: `input` and `top_k` in, a list under `data` with `score` out. */
export const mixedbreadShape: ClientShape = {
  matches: (body) => 'input' in body && !('documents' in body),
  toCanonical: ({ input, top_k, return_input, ...rest }) => ({
    ...rest,
    documents: input,
    top_n: top_k,
    return_documents: return_input,
  }),
  fieldNames: { documents: 'input', top_n: 'top_k', return_documents: 'return_input' },
  respond: (outcome) => ({
    object: 'list',
    model: outcome.model,
    data: outcome.ranked.map((ranked) => ({
      object: 'rank_result',
      index: ranked.index,
      score: publicScore(outcome, ranked),
      ...resultExtras(outcome, ranked),
      ...(outcome.request.return_documents ? { input: outcome.request.documents[ranked.index] } : {}),
    })),
    usage: { prompt_tokens: outcome.usage.tokens, total_tokens: outcome.usage.tokens },
    ...(outcome.receipt === undefined ? {} : { receipt: outcome.receipt }),
  }),
  errorShape: 'superset',
};

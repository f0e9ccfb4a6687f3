import type { ClientShape } from '#edge/rerank/client-shapes/client-shape.ts';
import { publicScore } from '#edge/rerank/public-score.ts';
import { resultExtras } from '#edge/rerank/result-extras.ts';

/** Workers AI's reranker: `contexts` in; out both of its envelopes, the one of its REST API (`result`) and the one of its binding (`response`). */
export const workersAiShape: ClientShape = {
  matches: (body) => 'contexts' in body && !('documents' in body),
  toCanonical: ({ contexts, top_k, ...rest }) => ({ ...rest, documents: contexts, top_n: top_k }),
  fieldNames: { documents: 'contexts', top_n: 'top_k' },
  respond: (outcome) => {
    const response = outcome.ranked.map((ranked) => ({
      id: ranked.index,
      score: publicScore(outcome, ranked),
      ...resultExtras(outcome, ranked),
    }));
    const usage = { prompt_tokens: outcome.usage.tokens, total_tokens: outcome.usage.tokens };
    return { result: { response, usage }, success: true, errors: [], messages: [], response, usage };
  },
  errorShape: 'superset',
};

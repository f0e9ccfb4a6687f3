import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import type { DocumentExplanation, QueryExplanation } from '#shared/protocol/score-explanation.ts';

/** The query's tokens, the same for all documents, with what each is worth without one. @param logLikelihoods nats, one a token */
export function queryExplanation(pair: PairScore | undefined, logLikelihoods: Float32Array): QueryExplanation {
  const tokens = pair?.explanation?.tokens ?? [];
  return {
    tokens: tokens.map(({ text, start, end }, index) => {
      const log_likelihood = logLikelihoods[index];
      if (log_likelihood === undefined)
        throw new Error(
          `a query of ${tokens.length} tokens has ${logLikelihoods.length} likelihoods without a document`,
        );
      return { text, start, end, log_likelihood };
    }),
  };
}

/** undefined where the pair was scored without explanation. */
export function documentExplanation({ explanation, targetLogLikelihoods }: PairScore): DocumentExplanation | undefined {
  if (explanation === undefined) return undefined;
  const { hints } = explanation;
  const target_log_likelihoods = Array.from(targetLogLikelihoods);
  if (hints === undefined) return { target_log_likelihoods };
  return {
    target_log_likelihoods,
    hints: {
      method: hints.method,
      tokens: hints.tokens.map(({ queryToken, ...token }) => ({
        ...token,
        ...(queryToken === undefined ? {} : { query_token: queryToken }),
      })),
    },
  };
}

import type { Explanation } from '#shared/protocol/explanation.ts';
import type { DocumentExplanation, QueryExplanation } from '#shared/protocol/score-explanation.ts';

/** What a worker said of query and document as the caller sees it; undefined where the two are not of the same tokens. */
export function shapeExplanation(query: QueryExplanation, document: DocumentExplanation): Explanation | undefined {
  const { target_log_likelihoods: given, hints } = document;
  if (given.length !== query.tokens.length) return undefined;
  const tokens = query.tokens.map(({ log_likelihood: without, ...token }, index) => {
    const log_likelihood = given[index] ?? Number.NaN;
    return { ...token, log_likelihood, log_likelihood_without_document: without, lift: log_likelihood - without };
  });
  return { tokens, ...(hints === undefined ? {} : { hints }) };
}

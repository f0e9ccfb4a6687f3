import type { RerankRequest, Scoring } from '#shared/protocol/rerank-request.ts';

/** What to order by: what the caller named, else the blend; likelihood where raw scores are asked for, as those are log-likelihoods. */
export function chosenScoring({ scoring, raw_scores }: RerankRequest): Scoring {
  return scoring ?? (raw_scores ? 'likelihood' : 'blended');
}

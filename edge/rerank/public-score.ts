import type { RankedDocument } from '#edge/rerank/rank-documents.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import { relevanceScore } from '#shared/calibration/relevance-score.ts';

/** The number that a client reads as the score: in (0, 1), or the mean log-likelihood where it asked for raw scores. */
export function publicScore({ request }: RerankOutcome, { meanLogLikelihood }: RankedDocument): number {
  return request.raw_scores ? meanLogLikelihood : relevanceScore(meanLogLikelihood);
}

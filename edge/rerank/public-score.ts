import type { RankedDocument } from '#edge/rerank/rank-documents.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';
import { relevanceScore } from '#shared/calibration/relevance-score.ts';

/**
 * The number that a client reads as the score: in (0, 1), or what documents are ordered by where it asked for raw scores. 0 for all where the order is
 * the request's own: clients that sort by it keep that order.
 */
export function publicScore({ request, scoring, degradation }: RerankOutcome, { orderScore }: RankedDocument): number {
  if (degradation?.policy === 'original_order') return 0;
  if (request.raw_scores) return orderScore;
  return scoring === 'blended' ? probabilityOfLogit(orderScore) : relevanceScore(orderScore);
}

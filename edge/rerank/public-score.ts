import type { RankedDocument } from '#edge/rerank/rank-documents.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import { insideUnitInterval } from '#shared/calibration/inside-unit-interval.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';
import { relevanceScore } from '#shared/calibration/relevance-score.ts';
import { reciprocalRankBest } from '#shared/fusion/reciprocal-rank-scores.ts';
import type { Fusion } from '#shared/protocol/rerank-request.ts';

/**
 * The number that a client reads as the score: in (0, 1), or what documents are ordered by where it asked for raw scores. 0 for all where the order is
 * the request's own: clients that sort by it keep that order.
 */
export function publicScore(outcome: RerankOutcome, { orderScore, unfusedScore }: RankedDocument): number {
  const { request, degradation } = outcome;
  if (degradation?.policy === 'original_order') return 0;
  if (unfusedScore === undefined || request.fusion === undefined) return ownScore(outcome, orderScore);
  return request.raw_scores ? orderScore : fusedScore(request.fusion, orderScore);
}

/** What the score would be without fusion; undefined where there was none. */
export function unfusedScore(outcome: RerankOutcome, ranked: RankedDocument): number | undefined {
  return ranked.unfusedScore === undefined ? undefined : ownScore(outcome, ranked.unfusedScore);
}

function ownScore({ request, scoring }: RerankOutcome, score: number): number {
  if (request.raw_scores) return score;
  return scoring === 'blended' ? probabilityOfLogit(score) : relevanceScore(score);
}

/** Interpolated standard scores lie around 0: 0.5 is the average candidate. Of reciprocal ranks: the share of the best possible sum. */
function fusedScore({ method, k }: Fusion, score: number): number {
  return method === 'reciprocal_rank' ? insideUnitInterval(score / reciprocalRankBest(k)) : probabilityOfLogit(score);
}

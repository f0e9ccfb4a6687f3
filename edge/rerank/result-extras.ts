import { unfusedScore } from '#edge/rerank/public-score.ts';
import type { RankedDocument } from '#edge/rerank/rank-documents.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import type { RerankResult } from '#shared/protocol/rerank-response.ts';

/** What a request asked to be told beside a result's score; the same in every shape whose results are objects of their own. */
export function resultExtras(
  outcome: RerankOutcome,
  ranked: RankedDocument,
): Pick<RerankResult, 'unfused_score' | 'chunk' | 'explanation'> {
  const unfused = unfusedScore(outcome, ranked);
  const chunk = ranked.meanLogLikelihood === undefined ? undefined : outcome.scores[ranked.index]?.chunk;
  const explanation = outcome.explanations?.get(ranked.index);
  return {
    ...(unfused === undefined ? {} : { unfused_score: unfused }),
    ...(chunk === undefined ? {} : { chunk }),
    ...(explanation === undefined ? {} : { explanation }),
  };
}

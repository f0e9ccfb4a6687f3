import type { RankableScore } from '#cli/output/rank-documents.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';
import { relevanceScore } from '#shared/calibration/relevance-score.ts';

export interface BlendInputs {
  readonly calibration: Calibration;
  /** Nats per token, of the query without a document. */
  readonly queryLogLikelihood: number;
  /** In the order of the pairs; undefined where a document has none. */
  readonly firstStageScores: readonly (number | undefined)[];
}

/** Scores to order documents of one query by: blended ones, or by likelihood where `blend` is null. */
export function blendPairs(pairs: readonly PairScore[], blend: BlendInputs | null): RankableScore[] {
  return pairs.map((pair, index) => {
    const { meanLogLikelihood, lexicalMatch = 0 } = pair;
    if (blend === null) {
      return { pair, orderScore: meanLogLikelihood, relevanceScore: relevanceScore(meanLogLikelihood) };
    }
    const { calibration, queryLogLikelihood } = blend;
    const firstStageScore = blend.firstStageScores[index];
    const logit = blendedLogit({ meanLogLikelihood, queryLogLikelihood, lexicalMatch, firstStageScore }, calibration);
    return { pair, orderScore: logit, relevanceScore: probabilityOfLogit(logit) };
  });
}

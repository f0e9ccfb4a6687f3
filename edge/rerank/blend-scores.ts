import type { MergedScore } from '#edge/gpu-workers/merge-scores.ts';
import { chosenScoring } from '#edge/rerank/chosen-scoring.ts';
import { firstStageScore } from '#edge/rerank/first-stage-score.ts';
import type { OrderedScore } from '#edge/rerank/rank-documents.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import type { RerankRequest, Scoring } from '#shared/protocol/rerank-request.ts';

export interface Blend {
  /** What was possible: likelihood where a worker sent no features or no constants. */
  readonly scoring: Scoring;
  /** In the order of the request; undefined for documents without a score. */
  readonly scores: readonly (OrderedScore | undefined)[];
  readonly warnings: readonly string[];
}

const withoutCalibration =
  'scored by likelihood alone: there are no calibration constants for this model (scoring: "likelihood" asks for that)';
const withoutFirstStage =
  'documents[].score was not used: the calibration of this model was fitted without a first stage';

/** What each document is ordered by. All by the blend or all by the likelihood: the two are no common scale. */
export function blendScores(scores: readonly (MergedScore | undefined)[], request: RerankRequest): Blend {
  if (chosenScoring(request) === 'likelihood') return byLikelihood(scores, []);
  // A request that says what becomes of first-stage scores does not want them in the blend too.
  const firstStage =
    request.fusion === undefined ? request.documents.map(firstStageScore) : request.documents.map(() => undefined);
  const logits = scores.map((score, index) => (score === undefined ? undefined : logitOf(score, firstStage[index])));
  if (!logits.every((logit) => logit !== null)) return byLikelihood(scores, [withoutCalibration]);
  const unused = scores.some(
    (score, index) =>
      score !== undefined &&
      firstStage[index] !== undefined &&
      score.calibration?.constantsWithFirstStage === undefined,
  );
  return {
    scoring: 'blended',
    scores: scores.map((score, index) => {
      const orderScore = logits[index];
      return score === undefined || orderScore === undefined
        ? undefined
        : { orderScore, meanLogLikelihood: score.mean_log_likelihood };
    }),
    warnings: unused ? [withoutFirstStage] : [],
  };
}

/** null where the worker sent too little: one from before the blend, or without constants for its model. */
function logitOf(score: MergedScore, firstStage: number | undefined): number | null {
  const { mean_log_likelihood, lexical_match, query_log_likelihood, calibration } = score;
  if (lexical_match === undefined || query_log_likelihood === undefined || calibration === undefined) return null;
  return blendedLogit(
    {
      meanLogLikelihood: mean_log_likelihood,
      queryLogLikelihood: query_log_likelihood,
      lexicalMatch: lexical_match,
      firstStageScore: firstStage,
    },
    calibration,
  );
}

function byLikelihood(scores: readonly (MergedScore | undefined)[], warnings: readonly string[]): Blend {
  return {
    scoring: 'likelihood',
    scores: scores.map(
      (score) => score && { orderScore: score.mean_log_likelihood, meanLogLikelihood: score.mean_log_likelihood },
    ),
    warnings,
  };
}

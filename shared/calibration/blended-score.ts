import type { TravellingCalibration } from '#shared/calibration/calibration.ts';

/** What a blended score is made of: features of one (query, document) pair, none of which knows another document. */
export interface BlendFeatures {
  /** Nats per query token, given the document. */
  readonly meanLogLikelihood: number;
  /** Nats per query token without a document: how unlikely the query is anyway. The same for all documents of a query. */
  readonly queryLogLikelihood: number;
  /** In [0, 1.9). */
  readonly lexicalMatch: number;
  /** In the units of the caller's first stage; used only where the calibration was fitted with one. */
  readonly firstStageScore?: number | undefined;
}

/**
 * Log-odds of relevance, any finite number: what documents are ordered by, since it tells apart what the probability no longer does.
 * Throws RangeError for a feature that is not finite.
 */
export function blendedLogit(features: BlendFeatures, calibration: TravellingCalibration): number {
  const { firstStageScore } = features;
  const withFirstStage = firstStageScore === undefined ? undefined : calibration.constantsWithFirstStage;
  const constants = withFirstStage ?? calibration.constants;
  const logit =
    constants.intercept +
    constants.meanLogLikelihood * features.meanLogLikelihood +
    constants.queryLogLikelihood * features.queryLogLikelihood +
    constants.lexicalMatch * features.lexicalMatch +
    (withFirstStage?.firstStageScore ?? 0) * (firstStageScore ?? 0);
  if (!Number.isFinite(logit)) throw new RangeError(`a feature is not finite: ${JSON.stringify(features)}`);
  return logit;
}

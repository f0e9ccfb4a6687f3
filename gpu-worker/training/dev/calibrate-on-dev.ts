import { crossFitLogits } from '#gpu-worker/calibration/cross-fit-logits.ts';
import { type FitOrigin, findFitObstacle, fitCalibration } from '#gpu-worker/calibration/fit-calibration.ts';
import { judgePairs } from '#gpu-worker/calibration/judge-pairs.ts';
import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

export type DevCalibration =
  | {
      readonly calibration: Calibration;
      /** Blended log-odds [pairs], each by constants that were fitted without its query: what the figures are made from. */
      readonly logits: Float64Array;
    }
  /** A sentence. */
  | { readonly calibration: null; readonly obstacle: string };

/**
 * Constants fitted on the pairs of a look, and how their kind does on queries it has not seen; or why there are none.
 *
 * @param toFit the same pairs, perhaps with their first-stage scores
 */
export function calibrateOnDev(
  features: readonly PairFeatures[],
  toFit: readonly PairFeatures[],
  judgements: Judgements,
  origin: FitOrigin,
): DevCalibration {
  const relevant = judgePairs(features, judgements);
  const obstacle = findFitObstacle(relevant);
  if (obstacle !== null) return { calibration: null, obstacle };
  const logits = crossFitLogits(features, relevant);
  if (logits === null) {
    return {
      calibration: null,
      obstacle: 'The relevant pairs are of too few queries to check a calibration on others.',
    };
  }
  const calibration = fitCalibration(toFit, judgements, origin);
  const weight = calibration.constants.meanLogLikelihood;
  // Such constants would put the less likely document first: a sign of a few odd pairs, or of a model that says nothing.
  if (weight <= 0) {
    return {
      calibration: null,
      obstacle: `The fit gives the likelihood the weight ${weight.toFixed(4)}, which is not positive.`,
    };
  }
  return { calibration, logits };
}

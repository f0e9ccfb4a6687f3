import { fitLogisticRegression, type LabelledRow } from '#gpu-worker/calibration/fit-logistic-regression.ts';
import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import type { BlendFeatures } from '#shared/calibration/blended-score.ts';
import type { TravellingCalibration } from '#shared/calibration/calibration.ts';

/**
 * Constants that make the blended score of `pairs` the probability that they are `relevant`, by maximum likelihood. Where every pair has a first-stage
 * score, constants with it are fitted beside those without. Throws an Error where all pairs are of one class, or a feature is not finite.
 */
export function fitConstants(pairs: readonly PairFeatures[], relevant: readonly boolean[]): TravellingCalibration {
  const fitOn = (listFeatures: (features: BlendFeatures) => number[]) => {
    const rows = pairs.map(
      ({ features }, index): LabelledRow => ({ features: listFeatures(features), relevant: relevant[index] ?? false }),
    );
    const { intercept, weights } = fitLogisticRegression(rows);
    const [meanLogLikelihood = 0, queryLogLikelihood = 0, lexicalMatch = 0, firstStageScore = 0] = weights;
    return { intercept, meanLogLikelihood, queryLogLikelihood, lexicalMatch, firstStageScore };
  };
  const { firstStageScore: _, ...constants } = fitOn(blendFeatures);
  const withFirstStage = pairs.every(({ features }) => features.firstStageScore !== undefined);
  if (!withFirstStage) return { constants };
  return { constants, constantsWithFirstStage: fitOn((one) => [...blendFeatures(one), one.firstStageScore ?? 0]) };
}

function blendFeatures({ meanLogLikelihood, queryLogLikelihood, lexicalMatch }: BlendFeatures): number[] {
  return [meanLogLikelihood, queryLogLikelihood, lexicalMatch];
}

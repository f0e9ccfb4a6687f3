import { fitLogisticRegression, type LabelledRow } from '#gpu-worker/calibration/fit-logistic-regression.ts';
import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import type { BlendFeatures } from '#shared/calibration/blended-score.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What the fit cannot see in the pairs. */
export type FitOrigin = Omit<Calibration['fittedOn'], 'queries' | 'pairs' | 'relevantPairs'>;

/** Fewer relevant pairs leave the constants to chance: the usual ten an unknown, for four of them. */
const relevantPairsMin = 40;

/**
 * Constants that make the blended score the probability of relevance, by maximum likelihood on judged pairs; unjudged pairs count as not relevant.
 * Where every pair has a first-stage score, constants with it are fitted beside those without.
 * Throws ServiceError `invalid_request` where fewer than 40 pairs are relevant, or all are.
 */
export function fitCalibration(pairs: readonly PairFeatures[], judgements: Judgements, origin: FitOrigin): Calibration {
  const relevant = pairs.map((pair) => isRelevant(pair, judgements));
  const relevantPairs = relevant.filter(Boolean).length;
  if (relevantPairs < relevantPairsMin || relevantPairs === pairs.length) {
    throw new ServiceError(
      'invalid_request',
      `A calibration needs at least ${relevantPairsMin} relevant pairs and some that are not; ${relevantPairs} of ${pairs.length} are relevant.`,
    );
  }
  const fitConstants = (listFeatures: (features: BlendFeatures) => number[]) => {
    const rows = pairs.map(
      ({ features }, index): LabelledRow => ({ features: listFeatures(features), relevant: relevant[index] ?? false }),
    );
    const { intercept, weights } = fitLogisticRegression(rows);
    const [meanLogLikelihood = 0, queryLogLikelihood = 0, lexicalMatch = 0, firstStageScore = 0] = weights;
    return { intercept, meanLogLikelihood, queryLogLikelihood, lexicalMatch, firstStageScore };
  };
  const { firstStageScore: _, ...constants } = fitConstants(blendFeatures);
  const withFirstStage = pairs.every(({ features }) => features.firstStageScore !== undefined);
  return {
    format: 'hintrank-calibration-1',
    constants,
    ...(withFirstStage
      ? { constantsWithFirstStage: fitConstants((one) => [...blendFeatures(one), one.firstStageScore ?? 0]) }
      : {}),
    fittedOn: {
      ...origin,
      queries: new Set(pairs.map(({ queryId }) => queryId)).size,
      pairs: pairs.length,
      relevantPairs,
    },
  };
}

function blendFeatures({ meanLogLikelihood, queryLogLikelihood, lexicalMatch }: BlendFeatures): number[] {
  return [meanLogLikelihood, queryLogLikelihood, lexicalMatch];
}

export function isRelevant({ queryId, documentId }: PairFeatures, judgements: Judgements): boolean {
  return (judgements.get(queryId)?.get(documentId) ?? 0) > 0;
}

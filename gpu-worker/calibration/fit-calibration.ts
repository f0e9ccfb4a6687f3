import { fitConstants } from '#gpu-worker/calibration/fit-constants.ts';
import { judgePairs } from '#gpu-worker/calibration/judge-pairs.ts';
import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What the fit cannot see in the pairs. */
export type FitOrigin = Omit<Calibration['fittedOn'], 'queries' | 'pairs' | 'relevantPairs'>;

/** Fewer relevant pairs leave the constants to chance: the usual ten an unknown, for four of them. */
const relevantPairsMin = 40;

/** Why constants cannot be fitted on pairs of which these are relevant, as a sentence; null where they can. */
export function findFitObstacle(relevant: readonly boolean[]): string | null {
  const relevantPairs = relevant.filter(Boolean).length;
  if (relevantPairs >= relevantPairsMin && relevantPairs < relevant.length) return null;
  return `A calibration needs at least ${relevantPairsMin} relevant pairs and some that are not; ${relevantPairs} of ${relevant.length} are relevant.`;
}

/**
 * Constants that make the blended score the probability of relevance, by maximum likelihood on judged pairs; unjudged pairs count as not relevant.
 * Where every pair has a first-stage score, constants with it are fitted beside those without.
 * Throws ServiceError `invalid_request` where fewer than 40 pairs are relevant, or all are.
 */
export function fitCalibration(pairs: readonly PairFeatures[], judgements: Judgements, origin: FitOrigin): Calibration {
  const relevant = judgePairs(pairs, judgements);
  const obstacle = findFitObstacle(relevant);
  if (obstacle !== null) throw new ServiceError('invalid_request', obstacle);
  return {
    format: 'hintrank-calibration-1',
    ...fitConstants(pairs, relevant),
    fittedOn: {
      ...origin,
      queries: new Set(pairs.map(({ queryId }) => queryId)).size,
      pairs: pairs.length,
      relevantPairs: relevant.filter(Boolean).length,
    },
  };
}

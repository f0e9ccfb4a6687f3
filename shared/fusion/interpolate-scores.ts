import { standardScores } from '#shared/fusion/standard-scores.ts';

/**
 * `weight` · z(first stage) + (1 − weight) · z(own), where z is a score less the mean of the list, over its standard deviation. Both lists are of the
 * same documents, in the same order.
 */
export function interpolateScores(own: readonly number[], firstStage: readonly number[], weight: number): number[] {
  const ownStandard = standardScores(own);
  return standardScores(firstStage).map((first, index) => weight * first + (1 - weight) * (ownStandard[index] ?? 0));
}

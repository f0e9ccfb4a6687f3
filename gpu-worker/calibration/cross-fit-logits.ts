import { fitConstants } from '#gpu-worker/calibration/fit-constants.ts';
import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';

/** The usual number: each fit keeps four fifths of the pairs. */
const foldsMax = 5;

/**
 * The blended log-odds of each pair under constants that were fitted without its query: what constants fitted on all pairs would do on queries that
 * they have not seen. Null where some fold leaves pairs of one class only.
 */
export function crossFitLogits(pairs: readonly PairFeatures[], relevant: readonly boolean[]): Float64Array | null {
  const queryIds = [...new Set(pairs.map(({ queryId }) => queryId))];
  const folds = Math.min(foldsMax, queryIds.length);
  const foldOf = new Map(queryIds.map((queryId, index) => [queryId, index % folds]));
  const logits = new Float64Array(pairs.length);
  for (let fold = 0; fold < folds; fold += 1) {
    const isOthers = pairs.map(({ queryId }) => foldOf.get(queryId) !== fold);
    const labels = relevant.filter((_, index) => isOthers[index]);
    if (!labels.includes(true) || !labels.includes(false)) return null;
    const fitted = fitConstants(
      pairs.filter((_, index) => isOthers[index]),
      labels,
    );
    for (const [index, { features }] of pairs.entries())
      if (!isOthers[index]) logits[index] = blendedLogit(features, fitted);
  }
  return logits;
}

import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { type DevSet, listDevPairs } from '#gpu-worker/training/dev/dev-set.ts';
import { matchTexts } from '#gpu-worker/training/steps/match-texts.ts';

/**
 * The dev pairs with what a blended score is made of, as scoring makes it. `scores` [pairs] are mean log-likelihoods of a look, `queryLogLikelihoods` those of
 * the queries alone, by id.
 */
export function devFeatures(
  dev: DevSet,
  scores: Float64Array,
  queryLogLikelihoods: ReadonlyMap<string, number>,
): PairFeatures[] {
  return listDevPairs(dev).map(({ example, documentId }, index) => ({
    queryId: example.queryId,
    documentId,
    features: {
      meanLogLikelihood: scores[index] ?? Number.NaN,
      queryLogLikelihood: queryLogLikelihoods.get(example.queryId) ?? Number.NaN,
      lexicalMatch: matchTexts(dev.textsOf(example, documentId)),
    },
  }));
}

/** The same pairs with BM25's score as a feature. */
export function addFirstStage(dev: DevSet, pairs: readonly PairFeatures[]): PairFeatures[] {
  return listDevPairs(dev).flatMap(({ firstStageScore }, index) => {
    const pair = pairs[index];
    return pair === undefined ? [] : [{ ...pair, features: { ...pair.features, firstStageScore } }];
  });
}

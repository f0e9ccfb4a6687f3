import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';

/** Whether each pair is relevant; one without a judgement is not. */
export function judgePairs(pairs: readonly PairFeatures[], judgements: Judgements): boolean[] {
  return pairs.map(({ queryId, documentId }) => (judgements.get(queryId)?.get(documentId) ?? 0) > 0);
}

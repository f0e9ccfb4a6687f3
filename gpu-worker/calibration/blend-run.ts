import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

/** The pairs as a ranking by log-odds of relevance, which are the scores of its entries. */
export function blendRun(pairs: readonly PairFeatures[], calibration: Calibration): TrecRun {
  const run = new Map<string, RunEntry[]>();
  for (const { queryId, documentId, features } of pairs) {
    const entries = run.get(queryId) ?? [];
    entries.push({ documentId, score: blendedLogit(features, calibration) });
    run.set(queryId, entries);
  }
  return new Map([...run].map(([queryId, entries]) => [queryId, orderEntries(entries)]));
}

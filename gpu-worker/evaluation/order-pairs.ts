import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { ScoredPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** The documents of every query by mean log-likelihood (nats per token), as trec_eval would read them. */
export function orderPairs(pairs: ScoredPairs): TrecRun {
  return new Map(
    [...pairs].map(([queryId, scored]) => [
      queryId,
      orderEntries(scored.map(({ documentId, score }) => ({ documentId, score: score.meanLogLikelihood }))),
    ]),
  );
}

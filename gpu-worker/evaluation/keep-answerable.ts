import type { Judgements, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** The queries of `run` with a relevant document among their entries: the paper's protocol, since no reranker can do anything for the others. Figures are higher than over all queries. */
export function keepAnswerable(run: TrecRun, judgements: Judgements): TrecRun {
  return new Map(
    [...run].filter(([queryId, entries]) =>
      entries.some(({ documentId }) => (judgements.get(queryId)?.get(documentId) ?? 0) > 0),
    ),
  );
}

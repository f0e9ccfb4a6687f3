import { hitAt, ndcgAt, reciprocalRankAt } from '#gpu-worker/evaluation/ranking-metrics.ts';
import type { Judgements, RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** Means over queries, each in [0, 1]. */
export interface RunSummary {
  readonly queries: number;
  readonly ndcgAt10: number;
  readonly hitAt1: number;
  readonly reciprocalRankAt10: number;
}

/** Metrics of `run`, averaged over the queries of the run that have a relevant document in `judgements`; the others are left out, as no order of theirs is better than another. */
export function summariseRun(run: TrecRun, judgements: Judgements): RunSummary {
  const rows = [...run].flatMap(([queryId, entries]) => {
    const judged = judgements.get(queryId);
    return judged === undefined || ![...judged.values()].some((gain) => gain > 0)
      ? []
      : [measureQuery(entries, judged)];
  });
  const mean = (pick: (row: QueryMetrics) => number): number =>
    rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  return {
    queries: rows.length,
    ndcgAt10: mean((row) => row.ndcgAt10),
    hitAt1: mean((row) => row.hitAt1),
    reciprocalRankAt10: mean((row) => row.reciprocalRankAt10),
  };
}

type QueryMetrics = Omit<RunSummary, 'queries'>;

function measureQuery(entries: readonly RunEntry[], judged: ReadonlyMap<string, number>): QueryMetrics {
  const gains = entries.map((entry) => judged.get(entry.documentId) ?? 0);
  return {
    ndcgAt10: ndcgAt(gains, [...judged.values()], 10),
    hitAt1: hitAt(gains, 1),
    reciprocalRankAt10: reciprocalRankAt(gains, 10),
  };
}

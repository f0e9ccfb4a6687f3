import { averagePrecision, hitAt, ndcgAt, recallAt, reciprocalRankAt } from '#gpu-worker/evaluation/ranking-metrics.ts';

/** A metric of one ranking, in [0, 1]; higher is better. */
export interface Metric {
  /** As people write it: `nDCG@10`. */
  readonly label: string;
  /** As JSON has it: `ndcg_at_10`. */
  readonly key: string;
  /** From the gains of the ranked documents, best rank first, and of all judged documents of the query. */
  readonly measure: (gains: readonly number[], judgedGains: readonly number[]) => number;
}

/** The metric that a comparison is decided by, where one number has to do. */
export const decidingMetric = 'nDCG@10';

const cutoffMetrics: readonly (readonly [
  label: string,
  key: string,
  measure: (gains: readonly number[], judgedGains: readonly number[], cutoff: number) => number,
])[] = [
  ['nDCG', 'ndcg', ndcgAt],
  ['Hit', 'hit', (gains, _, cutoff) => hitAt(gains, cutoff)],
  ['Recall', 'recall', recallAt],
  ['MRR', 'mrr', (gains, _, cutoff) => reciprocalRankAt(gains, cutoff)],
];

/** nDCG, Hit, Recall and MRR at each of `cutoffs`, and MAP over the whole ranking. */
export function listMetrics(cutoffs: readonly number[]): Metric[] {
  const atCutoffs = cutoffMetrics.flatMap(([label, key, measure]) =>
    cutoffs.map((cutoff) => ({
      label: `${label}@${cutoff}`,
      key: `${key}_at_${cutoff}`,
      measure: (gains: readonly number[], judgedGains: readonly number[]) => measure(gains, judgedGains, cutoff),
    })),
  );
  return [...atCutoffs, { label: 'MAP', key: 'map', measure: averagePrecision }];
}

import { hasRelevant } from '#gpu-worker/evaluation/beir/read-beir-judgements.ts';
import type { Metric } from '#gpu-worker/evaluation/metric.ts';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { Judgements, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** Metrics of each query of a run. */
export interface MeasuredRun {
  /** Queries of the run with a relevant document, in the run's order. */
  readonly queryIds: readonly string[];
  /** Label of the metric → a value for each of `queryIds`. */
  readonly values: ReadonlyMap<string, readonly number[]>;
}

/** Measures `run` as trec_eval would, ties included. Queries without a relevant document are left out: no order of theirs is better than another. */
export function measureRun(run: TrecRun, judgements: Judgements, metrics: readonly Metric[]): MeasuredRun {
  const queryIds = [...run.keys()].filter((queryId) => hasRelevant(judgements.get(queryId)));
  const values = new Map<string, number[]>(metrics.map(({ label }) => [label, []]));
  for (const queryId of queryIds) {
    const judged = judgements.get(queryId) ?? new Map<string, number>();
    const gains = orderEntries(run.get(queryId) ?? []).map((entry) => judged.get(entry.documentId) ?? 0);
    const judgedGains = [...judged.values()];
    for (const { label, measure } of metrics) values.get(label)?.push(measure(gains, judgedGains));
  }
  return { queryIds, values };
}

import { type MeasuredRun, measureRun } from '#gpu-worker/evaluation/measure-run.ts';
import { decidingMetric, listMetrics } from '#gpu-worker/evaluation/metric.ts';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { Judgements, RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { type DevSet, listDevPairs } from '#gpu-worker/training/dev/dev-set.ts';

/** Metrics of the dev queries when their candidates are ordered by `scores` [pairs]: nDCG, Hit, Recall and MRR at 10, MAP. */
export function measureDev(dev: DevSet, scores: Float64Array): MeasuredRun {
  const entries = new Map<string, RunEntry[]>(dev.examples.map(({ queryId }) => [queryId, []]));
  for (const [index, { example, documentId }] of listDevPairs(dev).entries()) {
    entries.get(example.queryId)?.push({ documentId, score: scores[index] ?? Number.NaN });
  }
  const run: TrecRun = new Map([...entries].map(([queryId, found]) => [queryId, orderEntries(found)]));
  return measureRun(run, judgeDev(dev.examples), listMetrics([10]));
}

/** The metric that chooses the best look: of the ranking by likelihood, or by likelihood and lexical offset. `scores` [pairs] are mean log-likelihoods. */
export function lookMetric(dev: DevSet, scores: Float64Array): number {
  const { lexicalOffset, textsOf } = dev;
  if (lexicalOffset === null) return decidingMean(measureDev(dev, scores));
  const blended = Float64Array.from(
    listDevPairs(dev),
    ({ example, documentId }, index) => (scores[index] ?? Number.NaN) + lexicalOffset(textsOf(example, documentId)),
  );
  return decidingMean(measureDev(dev, blended));
}

/** Mean of the deciding metric over the queries. */
export function decidingMean({ values }: MeasuredRun): number {
  const found = values.get(decidingMetric) ?? [];
  return found.reduce((sum, value) => sum + value, 0) / Math.max(1, found.length);
}

/** What the dev queries' examples say is relevant. */
export function judgeDev(examples: readonly TrainingExample[]): Judgements {
  return new Map(examples.map(({ queryId, positives }) => [queryId, new Map(positives.map((id) => [id, 1]))]));
}

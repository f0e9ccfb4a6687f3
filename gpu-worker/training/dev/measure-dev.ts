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

/**
 * What chooses among looks, by query: the deciding metric of the ranking by likelihood, or by likelihood and lexical offset. `scores` [pairs] are mean
 * log-likelihoods.
 */
export function lookValues(dev: DevSet, scores: Float64Array): readonly number[] {
  const { lexicalOffset, textsOf } = dev;
  if (lexicalOffset === null) return decidingValues(measureDev(dev, scores));
  const blended = Float64Array.from(
    listDevPairs(dev),
    ({ example, documentId }, index) => (scores[index] ?? Number.NaN) + lexicalOffset(textsOf(example, documentId)),
  );
  return decidingValues(measureDev(dev, blended));
}

/** Mean of `lookValues`. */
export function lookMetric(dev: DevSet, scores: Float64Array): number {
  return meanOf(lookValues(dev, scores));
}

/** Mean of the deciding metric over the queries. */
export function decidingMean(measured: MeasuredRun): number {
  return meanOf(decidingValues(measured));
}

function decidingValues({ values }: MeasuredRun): readonly number[] {
  return values.get(decidingMetric) ?? [];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** What the dev queries' examples say is relevant. */
export function judgeDev(examples: readonly TrainingExample[]): Judgements {
  return new Map(examples.map(({ queryId, positives }) => [queryId, new Map(positives.map((id) => [id, 1]))]));
}

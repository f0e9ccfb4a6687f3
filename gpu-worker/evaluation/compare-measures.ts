import { mean } from 'simple-statistics';
import type { MeasuredRun } from '#gpu-worker/evaluation/measure-run.ts';
import {
  type BootstrapOptions,
  bootstrapMeans,
  type Interval,
} from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import { type PairedTTest, pairedTTest } from '#gpu-worker/evaluation/statistics/paired-t-test.ts';

/** How one ranking does against another in one metric, over the queries that both have. */
export interface MetricComparison {
  readonly metric: string;
  /** Mean of (ranking − other). */
  readonly meanDifference: number;
  readonly tTest: PairedTTest | null;
  /** 95 % bootstrap interval of the mean difference. */
  readonly interval: Interval | null;
  /** Queries on which the ranking is better, worse, the same. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

/** Differences smaller than this are float noise of sums in another order, not a better ranking. */
const tieTolerance = 1e-12;

/** Pairs the two runs by query. Each metric of both is compared; p-values are not corrected for their number. */
export function compareMeasures(
  ranking: MeasuredRun,
  other: MeasuredRun,
  options: BootstrapOptions,
): { readonly queries: number; readonly metrics: readonly MetricComparison[] } {
  const otherPlaces = new Map(other.queryIds.map((queryId, index) => [queryId, index]));
  const pairs = ranking.queryIds.flatMap((queryId, index) => {
    const otherIndex = otherPlaces.get(queryId);
    return otherIndex === undefined ? [] : [[index, otherIndex] as const];
  });
  const columns = [...ranking.values].flatMap(([metric, values]) => {
    const otherValues = other.values.get(metric);
    return otherValues === undefined ? [] : [{ metric, differences: differencesOf(values, otherValues, pairs) }];
  });
  const intervals = bootstrapMeans(
    columns.map(({ differences }) => differences),
    options,
  );
  const metrics = columns.map(({ metric, differences }, index) => ({
    metric,
    meanDifference: differences.length === 0 ? 0 : mean(differences),
    tTest: pairedTTest(differences),
    interval: intervals[index] ?? null,
    wins: differences.filter((difference) => difference > 0).length,
    losses: differences.filter((difference) => difference < 0).length,
    ties: differences.filter((difference) => difference === 0).length,
  }));
  return { queries: pairs.length, metrics };
}

function differencesOf(
  values: readonly number[],
  otherValues: readonly number[],
  pairs: readonly (readonly [number, number])[],
): number[] {
  return pairs.map(([index, otherIndex]) => {
    const difference = (values[index] ?? 0) - (otherValues[otherIndex] ?? 0);
    return Math.abs(difference) < tieTolerance ? 0 : difference;
  });
}

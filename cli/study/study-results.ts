import { mean } from 'simple-statistics';
import type { StudyGrid, StudyRow } from '#cli/study/study.ts';
import { compareMeasures, type MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import type { MeasuredRun } from '#gpu-worker/evaluation/measure-run.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import {
  type BootstrapOptions,
  bootstrapMeans,
  type Interval,
} from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import { holmCorrection } from '#gpu-worker/evaluation/statistics/holm-correction.ts';

/** What was measured for a row: one run for each seed, one for what is not trained. */
export interface MeasuredRow {
  readonly row: StudyRow;
  readonly runs: readonly MeasuredRun[];
  /** Step of the kept adapter of each seed; empty for what is not trained. */
  readonly keptSteps: readonly number[];
}

export interface RowResult {
  readonly row: StudyRow;
  readonly queries: number;
  /** Label of the metric → mean over queries and seeds. */
  readonly means: ReadonlyMap<string, number>;
  /** 95 % bootstrap interval of the deciding metric over the queries. */
  readonly interval: Interval | null;
  /** The deciding metric of each seed. */
  readonly seedMeans: readonly number[];
  readonly keptSteps: readonly number[];
}

export interface PairResult {
  readonly row: StudyRow;
  readonly against: StudyRow;
  readonly queries: number;
  /** Of the deciding metric. */
  readonly difference: MetricComparison;
  /** p-value after Holm's correction over the study's pairs; null with too few queries. */
  readonly adjustedPValue: number | null;
}

export class StudyResults {
  readonly rows: readonly RowResult[];
  readonly pairs: readonly PairResult[];

  constructor(grid: StudyGrid, measured: readonly MeasuredRow[], bootstrap: BootstrapOptions) {
    const averages = new Map(measured.map((one) => [one.row.id, averageSeeds(one.runs)]));
    this.rows = measured.map((one) => summarise(one, averages.get(one.row.id), bootstrap));
    const differences = grid.pairs.map(({ row, against }) => {
      const comparison = compareMeasures(found(averages, row), found(averages, against), bootstrap);
      const difference = comparison.metrics.find(({ metric }) => metric === decidingMetric);
      if (difference === undefined) throw new Error(`the comparison lacks ${decidingMetric}`);
      const rowOf = (id: string) => this.row(id).row;
      return { row: rowOf(row), against: rowOf(against), queries: comparison.queries, difference };
    });
    const adjusted = holmCorrection(differences.map(({ difference }) => difference.tTest?.pValue ?? null));
    this.pairs = differences.map((pair, index) => ({ ...pair, adjustedPValue: adjusted[index] ?? null }));
  }

  row(id: string): RowResult {
    const result = this.rows.find(({ row }) => row.id === id);
    if (result === undefined) throw new Error(`the study has no row "${id}"`);
    return result;
  }

  pair(id: string, againstId: string): PairResult {
    const result = this.pairs.find(({ row, against }) => row.id === id && against.id === againstId);
    if (result === undefined) throw new Error(`the study does not compare "${id}" with "${againstId}"`);
    return result;
  }

  /** The deciding metric of a row. */
  value(id: string): number {
    return this.row(id).means.get(decidingMetric) ?? 0;
  }
}

/** Each query's values, averaged over the seeds: a query is one observation however often its adapter was trained. */
function averageSeeds(runs: readonly MeasuredRun[]): MeasuredRun {
  const [first] = runs;
  if (first === undefined) throw new Error('a row has one measured run at least');
  const values = [...first.values.keys()].map((metric): [string, number[]] => [
    metric,
    first.queryIds.map((_, index) => mean(runs.map((run) => run.values.get(metric)?.[index] ?? 0))),
  ]);
  return { queryIds: first.queryIds, values: new Map(values) };
}

function summarise(
  { row, runs, keptSteps }: MeasuredRow,
  average: MeasuredRun | undefined,
  bootstrap: BootstrapOptions,
): RowResult {
  if (average === undefined) throw new Error(`row "${row.id}" was not measured`);
  const [interval = null] = bootstrapMeans([average.values.get(decidingMetric) ?? []], bootstrap);
  return {
    row,
    queries: average.queryIds.length,
    means: new Map([...average.values].map(([label, values]) => [label, meanOf(values)])),
    interval,
    seedMeans: runs.map((run) => meanOf(run.values.get(decidingMetric) ?? [])),
    keptSteps,
  };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : mean([...values]);
}

function found(runs: ReadonlyMap<string, MeasuredRun>, id: string): MeasuredRun {
  const run = runs.get(id);
  if (run === undefined) throw new Error(`the study has no row "${id}"`);
  return run;
}

import { mean } from 'simple-statistics';
import { compareMeasures, type MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import { type MeasuredRun, measureRun } from '#gpu-worker/evaluation/measure-run.ts';
import { listMetrics, type Metric } from '#gpu-worker/evaluation/metric.ts';
import type { BootstrapOptions } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import type { Judgements, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** What a ranking is to an evaluation; also its name in JSON. */
export type RankingRole = 'first_stage' | 'compared' | 'compared_fused' | 'reranked' | 'fused';

export interface RoledRun {
  readonly role: RankingRole;
  /** As tables call it. */
  readonly name: string;
  readonly run: TrecRun;
}

export interface MeasuredRanking {
  readonly role: RankingRole;
  readonly name: string;
  readonly measured: MeasuredRun;
  /** Label of the metric → mean over the queries; 0 when there are none. */
  readonly means: ReadonlyMap<string, number>;
}

export interface RankingComparison {
  readonly ranking: MeasuredRanking;
  readonly against: MeasuredRanking;
  /** Queries that both rankings have. */
  readonly queries: number;
  readonly metrics: readonly MetricComparison[];
}

export interface RankingEvaluation {
  readonly metrics: readonly Metric[];
  readonly rankings: readonly MeasuredRanking[];
  readonly comparisons: readonly RankingComparison[];
  readonly bootstrap: BootstrapOptions;
}

/** Which rankings are held against which: ours against the first stage and the compared one, fused against fused, and then the compared ones against the first stage. Reports single out the first of these that there is. */
const comparedRoles: readonly (readonly [RankingRole, RankingRole])[] = [
  ['reranked', 'first_stage'],
  ['fused', 'first_stage'],
  ['fused', 'reranked'],
  ['reranked', 'compared'],
  ['fused', 'compared'],
  ['fused', 'compared_fused'],
  ['compared', 'first_stage'],
  ['compared_fused', 'first_stage'],
];

export interface EvaluateRankingsOptions {
  readonly judgements: Judgements;
  readonly cutoffs: readonly number[];
  readonly bootstrap: BootstrapOptions;
}

/** Metrics of every run and the comparisons between them. Roles are unique. */
export function evaluateRankings(runs: readonly RoledRun[], options: EvaluateRankingsOptions): RankingEvaluation {
  const metrics = listMetrics(options.cutoffs);
  const rankings = runs.map(({ role, name, run }): MeasuredRanking => {
    const measured = measureRun(run, options.judgements, metrics);
    const means = new Map(
      [...measured.values].map(([label, values]) => [label, values.length === 0 ? 0 : mean([...values])]),
    );
    return { role, name, measured, means };
  });
  const withRole = (role: RankingRole): MeasuredRanking | undefined =>
    rankings.find((ranking) => ranking.role === role);
  const comparisons = comparedRoles.flatMap(([role, otherRole]): RankingComparison[] => {
    const ranking = withRole(role);
    const against = withRole(otherRole);
    if (ranking === undefined || against === undefined) return [];
    return [{ ranking, against, ...compareMeasures(ranking.measured, against.measured, options.bootstrap) }];
  });
  return { metrics, rankings, comparisons, bootstrap: options.bootstrap };
}

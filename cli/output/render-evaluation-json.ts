import type { MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import type { MeasuredRanking, RankingEvaluation } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import type { EvaluationReport } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { intervalConfidence } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';

/** The report for programs, in the field names of the public API. Rankings stand under their roles: `first_stage`, `reranked`, `fused`, `compared`, `compared_fused`. */
export function renderEvaluationJson(report: EvaluationReport): string {
  const { evaluation, scoring, scoreComparison } = report;
  const value = {
    data: report.data,
    split: report.split,
    method: report.method,
    first_stage_name: report.firstStage,
    depth: report.depth,
    queries: evaluation.rankings[0]?.measured.queryIds.length ?? 0,
    ...(scoring === null
      ? {}
      : {
          scoring: scoring.orderedBy,
          calibration_error: scoring.blend?.expectedCalibrationError ?? null,
          log_loss: scoring.blend?.logLoss ?? null,
          calibrated_on: scoring.blend?.fittedOn ?? null,
          precision: scoring.precision,
          threads: scoring.threads,
          max_tokens_per_doc: scoring.maxTokensPerDoc,
          ...(scoring.chunks === undefined ? {} : { chunks: shapeChunks(scoring.chunks) }),
          pairs: scoring.pairs,
          documents: scoring.documents,
          seconds: scoring.seconds,
        }),
    notes: report.notes,
    names: Object.fromEntries(evaluation.rankings.map(({ role, name }) => [role, name])),
    ...Object.fromEntries(evaluation.rankings.map((ranking) => [ranking.role, shapeMeans(ranking, evaluation)])),
    bootstrap: { ...evaluation.bootstrap, confidence: intervalConfidence },
    comparisons: evaluation.comparisons.map(({ ranking, against, queries, metrics }) => ({
      ranking: ranking.role,
      against: against.role,
      queries,
      metrics: keyed(evaluation, (label) => shapeComparison(metrics.find(({ metric }) => metric === label))),
    })),
    ...(scoreComparison === undefined
      ? {}
      : {
          comparison: {
            pairs: scoreComparison.pairs,
            mean_absolute_difference: scoreComparison.meanAbsoluteDifference,
            max_absolute_difference: scoreComparison.maxAbsoluteDifference,
            mean_spearman: scoreComparison.meanSpearman,
          },
        }),
    per_query: Object.fromEntries(
      evaluation.rankings.map((ranking) => [ranking.role, shapeQueries(ranking, evaluation)]),
    ),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function shapeChunks({ tokens, overlap, countMax }: ChunkSettings) {
  return { tokens, overlap, count_max: countMax };
}

function keyed<T>({ metrics }: RankingEvaluation, read: (label: string) => T): Record<string, T> {
  return Object.fromEntries(metrics.map(({ key, label }) => [key, read(label)]));
}

function shapeMeans({ means }: MeasuredRanking, evaluation: RankingEvaluation) {
  return keyed(evaluation, (label) => means.get(label) ?? 0);
}

function shapeQueries({ measured }: MeasuredRanking, evaluation: RankingEvaluation) {
  return Object.fromEntries(
    measured.queryIds.map((queryId, index) => [
      queryId,
      keyed(evaluation, (label) => measured.values.get(label)?.[index] ?? 0),
    ]),
  );
}

function shapeComparison(comparison: MetricComparison | undefined) {
  if (comparison === undefined) return null;
  const { meanDifference, tTest, interval, wins, losses, ties } = comparison;
  return {
    mean_difference: meanDifference,
    interval: interval === null ? null : [interval.low, interval.high],
    t_statistic: tTest?.statistic ?? null,
    degrees_of_freedom: tTest?.degreesOfFreedom ?? null,
    p_value: tTest?.pValue ?? null,
    wins,
    losses,
    ties,
  };
}

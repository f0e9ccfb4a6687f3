import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import type { ReportedComparison, TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';
import type { TrainingSummary } from '#shared/protocol/training-summary.ts';

/** The figures of a report that the API shows. */
export function summariseReport(report: TrainingReport): TrainingSummary {
  return {
    better: report.better,
    verdict: report.verdict,
    decided_by: report.decidedBy,
    kept_step: report.keptStep,
    steps: report.steps,
    tokens: report.losses.reduce((sum, { tokens }) => sum + tokens, 0),
    dev_queries: report.data.devQueries,
    likelihood: summariseComparison(report.alone),
    blended: report.blended && summariseComparison(report.blended),
    signs: [...report.signs],
  };
}

function summariseComparison({ base, adapter, metrics }: ReportedComparison): TrainingSummary['likelihood'] {
  const interval = metrics.find(({ metric }) => metric === decidingMetric)?.interval;
  return { base, adapter, low: interval?.low ?? null, high: interval?.high ?? null };
}

import { verdictOf } from '#cli/study/describe-pairs.ts';
import { describeCommand, describeStudy } from '#cli/study/report/describe-study.ts';
import type { StudyReport } from '#cli/study/report/study-report.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';

/** The study as JSON: rows, differences, conclusion. Holds no times or paths: the same figures give the same bytes. */
export function renderStudyJson(report: StudyReport): string {
  const { study, inputs, data, model, modelFingerprint, precision, results } = report;
  const json = {
    format: 'hintrank-study-1',
    study: study.name,
    question: study.question,
    command: describeCommand(report),
    setup: describeStudy(report),
    data,
    model,
    model_fingerprint: modelFingerprint,
    precision,
    sizes: inputs.sizes,
    rows: results.rows.map(({ row, queries, means, interval, seedMeans, keptSteps }) => ({
      id: row.id,
      panel: row.panel,
      label: row.label,
      ...(row.x === undefined ? {} : { x: row.x }),
      queries,
      metrics: Object.fromEntries(means),
      interval,
      seed_means: seedMeans,
      kept_steps: keptSteps,
    })),
    differences: results.pairs.map((pair) => ({
      row: pair.row.id,
      against: pair.against.id,
      metric: decidingMetric,
      queries: pair.queries,
      mean: pair.difference.meanDifference,
      interval: pair.difference.interval,
      p_value: pair.difference.tTest?.pValue ?? null,
      adjusted_p_value: pair.adjustedPValue,
      wins: pair.difference.wins,
      losses: pair.difference.losses,
      ties: pair.difference.ties,
      verdict: verdictOf(pair),
    })),
    conclusion: study.conclude(results),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

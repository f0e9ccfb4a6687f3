import type { RankingComparison } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { comparisonTable } from '#gpu-worker/evaluation/report/comparison-table.ts';
import { describeComparison, formatDifference } from '#gpu-worker/evaluation/report/describe-comparison.ts';
import { describeSetup, describeTitle } from '#gpu-worker/evaluation/report/describe-setup.ts';
import { plotChanges, plotDifferences, plotMetricOverCutoffs } from '#gpu-worker/evaluation/report/evaluation-plots.ts';
import type { EvaluationReport } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { escapeHtml, htmlPage, htmlTable } from '#gpu-worker/evaluation/report/html-page.ts';
import { orderChanges } from '#gpu-worker/evaluation/report/order-changes.ts';

/** The report as one HTML page: metrics with curves over k, each comparison with its intervals, every query that changed. */
export function renderEvaluationHtml(report: EvaluationReport): string {
  const { evaluation } = report;
  return htmlPage(describeTitle(report), [
    `<ul>${[...describeSetup(report), ...report.notes].map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>`,
    ...evaluation.comparisons.map((comparison) => `<p>${escapeHtml(describeComparison(comparison))}</p>`),
    '<h2>Metrics</h2>',
    plotMetricOverCutoffs(evaluation, 'nDCG'),
    plotMetricOverCutoffs(evaluation, 'Recall'),
    htmlTable(
      ['', ...evaluation.rankings.map(({ name }) => name)],
      evaluation.metrics.map(({ label }) => [
        label,
        ...evaluation.rankings.map(({ means }) => (means.get(label) ?? 0).toFixed(4)),
      ]),
    ),
    ...evaluation.comparisons.flatMap((comparison) => renderComparison(comparison, report.queries)),
  ]);
}

function renderComparison(comparison: RankingComparison, queries: ReadonlyMap<string, string>): string[] {
  const changed = orderChanges(comparison).filter((change) => change.value !== change.againstValue);
  return [
    `<h2>${escapeHtml(`${comparison.ranking.name} against ${comparison.against.name}`)}</h2>`,
    plotDifferences(comparison),
    plotChanges(comparison),
    comparisonTable(comparison.metrics),
    `<details><summary>${changed.length} queries that changed in ${decidingMetric}</summary>`,
    htmlTable(
      ['query', 'before', 'after', 'change'],
      changed.map(({ queryId, value, againstValue }) => [
        `${queryId}: ${queries.get(queryId) ?? ''}`,
        againstValue.toFixed(3),
        value.toFixed(3),
        formatDifference(value - againstValue),
      ]),
    ),
    '</details>',
  ];
}

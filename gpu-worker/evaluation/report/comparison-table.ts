import type { MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import { formatDifference, formatInterval, formatPValue } from '#gpu-worker/evaluation/report/describe-comparison.ts';
import { htmlTable } from '#gpu-worker/evaluation/report/html-page.ts';

/** Differences in each metric as HTML, with interval, p-value and queries. */
export function comparisonTable(metrics: readonly MetricComparison[]): string {
  return htmlTable(
    ['', 'difference', '95 % interval', 'p', 'better / worse / same'],
    metrics.map((metric) => [
      metric.metric,
      formatDifference(metric.meanDifference),
      formatInterval(metric),
      formatPValue(metric),
      `${metric.wins} / ${metric.losses} / ${metric.ties}`,
    ]),
  );
}

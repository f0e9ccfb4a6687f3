import type { MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import type { RankingComparison } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';

/** Below this p-value a difference is called significant; stated wherever it is used. */
export const significanceLevel = 0.05;

/** One sentence on the deciding metric: difference, interval, p-value, wins and losses, and what that says. Empty when it was not measured. */
export function describeComparison({ ranking, against, queries, metrics }: RankingComparison): string {
  const comparison = metrics.find(({ metric }) => metric === decidingMetric);
  if (comparison === undefined) return '';
  const { meanDifference, wins, losses, ties } = comparison;
  return (
    `${ranking.name} against ${against.name}: ${decidingMetric} ${formatDifference(meanDifference)} ${formatInterval(comparison)}, ` +
    `${nameP(comparison)}; better on ${wins}, worse on ${losses}, the same on ${ties} of ${queries} queries. ${verdict(comparison)}`
  );
}

function nameP(comparison: MetricComparison): string {
  const text = formatPValue(comparison);
  return text.startsWith('<') ? `p ${text}` : `p = ${text}`;
}

function verdict({ meanDifference, tTest }: MetricComparison): string {
  if (tTest === null) return 'Too few queries to tell.';
  if (meanDifference === 0 && tTest.pValue === 1) return 'No difference.';
  if (tTest.pValue >= significanceLevel) return 'The difference may be chance.';
  return meanDifference > 0 ? 'A significant gain.' : 'A significant loss.';
}

/** Signed, four digits. */
export function formatDifference(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}

export function formatInterval({ interval }: MetricComparison): string {
  return interval === null
    ? '[no interval]'
    : `[${formatDifference(interval.low)}, ${formatDifference(interval.high)}]`;
}

export function formatPValue({ tTest }: MetricComparison): string {
  if (tTest === null) return '–';
  return tTest.pValue < 0.0001 ? '< 0.0001' : tTest.pValue.toFixed(4);
}

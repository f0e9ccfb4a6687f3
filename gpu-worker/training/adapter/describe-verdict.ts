import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { formatDifference } from '#gpu-worker/evaluation/report/describe-comparison.ts';
import type { DevComparison } from '#gpu-worker/training/judge-adapter.ts';

/** One sentence on whether the dev queries show a gain of the adapter over the base model, with the figures. */
export function describeVerdict({ against, better, base }: DevComparison, scoring: 'likelihood' | 'blended'): string {
  const gain = against.find(({ metric }) => metric === decidingMetric);
  if (gain === undefined) throw new Error(`the comparison lacks ${decidingMetric}`);
  const { interval } = gain;
  const range =
    interval === null ? '' : ` (95 % interval ${formatDifference(interval.low)} to ${formatDifference(interval.high)})`;
  const figures = `${formatDifference(gain.meanDifference)} ${decidingMetric} over the base model on ${base.queryIds.length} dev queries${range}`;
  if (scoring === 'blended')
    return better
      ? `Blended, as the API orders, the adapter ranks better than the blended base model: ${figures}.`
      : `Blended, as the API orders, the dev queries do not show that the adapter ranks better: ${figures}.`;
  return better
    ? `The adapter ranks better than the base model: ${figures}.`
    : `The dev queries do not show that the adapter ranks better than the base model: ${figures}.`;
}

import { areaY, dot, line, link, ruleX, ruleY } from '@observablehq/plot';
import type { RankingComparison, RankingEvaluation } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { drawPlot } from '#gpu-worker/evaluation/report/draw-plot.ts';
import { orderChanges } from '#gpu-worker/evaluation/report/order-changes.ts';

const widthPixels = 720;

/** `metric`@k over k, a line for each ranking. `metric` is `nDCG`, `Recall`, `Hit` or `MRR`. */
export function plotMetricOverCutoffs(evaluation: RankingEvaluation, metric: string): string {
  const points = evaluation.rankings.flatMap(({ name, means }) =>
    [...means].flatMap(([label, value]) => {
      const [kind, cutoff] = label.split('@');
      return kind === metric && cutoff !== undefined ? [{ ranking: name, cutoff: Number(cutoff), value }] : [];
    }),
  );
  return drawPlot({
    width: widthPixels,
    height: 320,
    ariaLabel: `${metric}@k of each ranking`,
    x: { type: 'log', label: 'k', ticks: [...new Set(points.map((point) => point.cutoff))], tickFormat: 'd' },
    y: { label: `${metric}@k`, grid: true, zero: false },
    color: { legend: true, domain: evaluation.rankings.map(({ name }) => name) },
    marks: [line(points, { x: 'cutoff', y: 'value', stroke: 'ranking', marker: 'circle' })],
  });
}

/** The differences of a comparison with their 95 % intervals, one row for each metric. */
export function plotDifferences({ metrics }: Pick<RankingComparison, 'metrics'>): string {
  const rows = metrics.flatMap(({ metric, meanDifference, interval }) =>
    interval === null ? [] : [{ metric, meanDifference, ...interval }],
  );
  return drawPlot({
    width: widthPixels,
    height: 60 + rows.length * 20,
    marginLeft: 90,
    ariaLabel: 'Differences with their intervals',
    x: { label: 'difference (95 % interval)', grid: true, tickFormat: '+.3f' },
    y: { label: null, domain: rows.map(({ metric }) => metric) },
    marks: [
      ruleX([0]),
      link(rows, { x1: 'low', x2: 'high', y1: 'metric', y2: 'metric', strokeWidth: 2 }),
      dot(rows, { x: 'meanDifference', y: 'metric', fill: 'currentColor' }),
    ],
  });
}

/** The difference of each query in the deciding metric, the largest gain first: how many win, how many lose, and by how much. */
export function plotChanges(comparison: RankingComparison): string {
  const bars = orderChanges(comparison).map(({ queryId, value, againstValue }, index) => ({
    queryId,
    place: index,
    difference: value - againstValue,
  }));
  return drawPlot({
    width: widthPixels,
    height: 220,
    ariaLabel: `Change of ${decidingMetric} of each query`,
    x: { label: 'queries, the largest gain first', ticks: 6 },
    y: { label: `change of ${decidingMetric}`, grid: true },
    marks: [areaY(bars, { x: 'place', y: 'difference', curve: 'step', fillOpacity: 0.6 }), ruleY([0])],
  });
}

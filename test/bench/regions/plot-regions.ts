import { axisFx, axisFy, dot, frame, link, text } from '@observablehq/plot';
import { drawSvgFile } from '#gpu-worker/evaluation/report/draw-svg-file.ts';
import type { RegionsRow } from '#test/bench/regions/run-regions-benchmark.ts';

/** From p50 (small) to p99 (large) of each continent, by scenario and policy; failed requests beside it. */
export function plotRegions(rows: readonly RegionsRow[]): string {
  const points = rows.map(({ policy, scenario, continent, summary }) => ({
    ...{ policy, scenario, continent, p50: summary.p50Ms, p99: summary.p99Ms },
    failed: summary.failed === 0 ? '' : `${summary.failed} failed`,
  }));
  const [fx, fy, y] = ['policy', 'scenario', 'continent'];
  return drawSvgFile({
    width: 900,
    height: 420,
    marginLeft: 100,
    marginRight: 90,
    inset: 8,
    ariaLabel: 'Milliseconds from the median to the 99th percentile, by continent, scenario and policy',
    x: { type: 'log', label: 'milliseconds, p50 to p99', grid: true, tickFormat: (x: number) => String(x), ticks: 4 },
    y: { label: null, domain: [...new Set(points.map(({ continent }) => continent))] },
    fx: { label: null, domain: [...new Set(points.map(({ policy }) => policy))] },
    fy: { label: null, domain: [...new Set(points.map(({ scenario }) => scenario))] },
    marks: [
      axisFx({ anchor: 'top' }),
      axisFy({ anchor: 'right' }),
      frame({ stroke: '#ccc' }),
      link(points, { fx, fy, x1: 'p50', x2: 'p99', y1: y, y2: y, stroke: y, strokeWidth: 3 }),
      dot(points, { fx, fy, x: 'p50', y, fill: y, r: 3 }),
      dot(points, { fx, fy, x: 'p99', y, fill: y, r: 5 }),
      text(points, { fx, fy, x: 'p99', y, text: 'failed', dy: -9, textAnchor: 'end', fontSize: 9 }),
    ],
  });
}

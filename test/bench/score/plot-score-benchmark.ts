import { dot, link, text } from '@observablehq/plot';
import { drawSvgFile } from '#gpu-worker/evaluation/report/draw-svg-file.ts';

export interface PlottedSide {
  readonly name: string;
  /** Documents per second. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Documents per second of every side, the range of its rounds behind the median; logarithmic: what counts are ratios. */
export function plotScoreBenchmark(sides: readonly PlottedSide[]): string {
  return drawSvgFile({
    width: 720,
    height: 60 + 26 * sides.length,
    marginLeft: 260,
    marginRight: 60,
    ariaLabel: 'Documents per second of every side',
    x: {
      type: 'log',
      label: 'documents per second (range and median)',
      grid: true,
      tickFormat: (x: number) => String(x),
    },
    y: { label: null, domain: sides.map(({ name }) => name) },
    marks: [
      link(sides, { x1: 'low', x2: 'high', y1: 'name', y2: 'name', strokeWidth: 2 }),
      dot(sides, { x: 'median', y: 'name', fill: 'currentColor', r: 4 }),
      text(sides, { x: 'high', y: 'name', text: ({ median }) => median.toFixed(1), dx: 8, textAnchor: 'start' }),
    ],
  });
}

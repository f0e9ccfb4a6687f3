import { line, text } from '@observablehq/plot';
import { drawSvgFile } from '#gpu-worker/evaluation/report/draw-svg-file.ts';
import type { FittedLine } from '#test/bench/scale/fit-line.ts';

/** Median milliseconds at one size. */
export interface MedianPoint {
  readonly x: number;
  readonly cold: number;
  readonly warm: number;
  readonly repetitions: number;
}

export interface PlottedScale {
  readonly name: string;
  readonly setting: string;
  readonly medians: readonly MedianPoint[];
  readonly cold: FittedLine;
}

/** Time over size, both logarithmic, with the straight line through the cold points dashed. */
export function plotScale({ name, setting, medians, cold }: PlottedScale): string {
  const points = (['cold', 'warm'] as const).flatMap((series) =>
    medians.map((point) => ({ x: point.x, milliseconds: point[series], series })),
  );
  const fitted = medians.map(({ x }) => ({ x, milliseconds: cold.intercept + cold.slope * x }));
  const last = medians.at(-1);
  const ends = points.filter(({ x }) => x === last?.x);
  return drawSvgFile({
    width: 720,
    height: 360,
    marginLeft: 60,
    marginRight: 60,
    inset: 10,
    ariaLabel: `Milliseconds over ${name}: ${setting}`,
    x: { type: 'log', label: name, ticks: medians.map(({ x }) => x), tickFormat: (x: number) => String(x) },
    y: { type: 'log', label: 'milliseconds', grid: true, tickFormat: (y: number) => String(y) },
    marks: [
      line(
        fitted.filter(({ milliseconds }) => milliseconds > 0),
        { x: 'x', y: 'milliseconds', strokeDasharray: '4 3', stroke: 'gray' },
      ),
      line(points, { x: 'x', y: 'milliseconds', stroke: 'series', marker: 'circle' }),
      text(ends, { x: 'x', y: 'milliseconds', text: 'series', fill: 'series', dx: 8, textAnchor: 'start' }),
    ],
  });
}

import type { CurvePoint } from '#edge/playground/training/collect-curves.ts';

/** Of a drawing, in its own units; y grows downwards. */
export interface CurveFrame {
  readonly width: number;
  readonly height: number;
  /** Steps at the right edge, at least 1. */
  readonly steps: number;
  readonly low: number;
  readonly high: number;
}

/** The lowest and highest of some values with a little air; 0 to 1 where there are none. */
export function valueRange(values: readonly number[]): { low: number; high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low) * 0.08 || 0.05;
  return { low: low - air, high: high + air };
}

/** Height of a value in the frame. */
export function curveHeight({ height, low, high }: CurveFrame, value: number): number {
  return height - ((value - low) / (high - low)) * height;
}

/** `points` of an SVG polyline. */
export function curvePath(points: readonly CurvePoint[], frame: CurveFrame): string {
  const x = (step: number) => (step / Math.max(1, frame.steps)) * frame.width;
  return points.map(({ step, value }) => `${x(step).toFixed(1)},${curveHeight(frame, value).toFixed(1)}`).join(' ');
}

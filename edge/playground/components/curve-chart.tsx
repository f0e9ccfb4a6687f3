import type { CurvePoint } from '#edge/playground/training/collect-curves.ts';
import { curveHeight, curvePath, valueRange } from '#edge/playground/training/curve-path.ts';

export interface CurveChartProps {
  readonly title: string;
  readonly points: readonly CurvePoint[];
  /** A level to compare with; null: none. */
  readonly base: number | null;
  /** At the right edge. */
  readonly steps: number;
}

const size = { width: 300, height: 120 };

/** One curve over steps, with its last value in words. */
export function CurveChart({ title, points, base, steps }: CurveChartProps) {
  const range = valueRange([...points.map(({ value }) => value), ...(base === null ? [] : [base])]);
  const frame = { ...size, ...range, steps };
  const last = points.at(-1);
  const words = last === undefined ? 'no point yet' : `${last.value.toFixed(4)} at step ${last.step}`;
  const baseWords = base === null ? '' : `; base model ${base.toFixed(4)} (dashed)`;
  return (
    <figure class="chart">
      <figcaption>
        {title}: {words}
        {baseWords}
      </figcaption>
      <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
        {base !== null && (
          <line class="base" x1="0" x2={size.width} y1={curveHeight(frame, base)} y2={curveHeight(frame, base)} />
        )}
        <polyline points={curvePath(points, frame)} />
      </svg>
    </figure>
  );
}

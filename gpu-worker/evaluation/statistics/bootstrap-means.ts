import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { quantileSorted } from 'simple-statistics';
import { seededGenerator } from '#gpu-worker/evaluation/seeded-generator.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly seed: number;
  /** Samples drawn. */
  readonly resamples: number;
}

/** Enough that another seed moves the end of an interval by about a hundredth of its width. */
export const resamplesDefault = 10_000;

/** Share of the samples inside an interval. */
export const intervalConfidence = 0.95;

/**
 * For each column the interval that holds the middle 95 % of its mean over resampled rows (percentile bootstrap, Efron 1979). All columns have a value for
 * each row (a query), and every sample takes the same rows of all of them. Null for columns without rows.
 */
export function bootstrapMeans(
  columns: readonly (readonly number[])[],
  { seed, resamples }: BootstrapOptions,
): (Interval | null)[] {
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return columns.map(() => null);
  const means = columns.map(() => new Float64Array(resamples));
  const random = seededGenerator('bootstrap', seed);
  const counts = new Uint32Array(rows);
  for (let sample = 0; sample < resamples; sample++) {
    counts.fill(0);
    for (let draw = 0; draw < rows; draw++) {
      const row = uniformInt(random, 0, rows - 1);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    for (const [column, values] of columns.entries()) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += (counts[row] ?? 0) * (values[row] ?? 0);
      const columnMeans = means[column];
      if (columnMeans !== undefined) columnMeans[sample] = sum / rows;
    }
  }
  const tail = (1 - intervalConfidence) / 2;
  return means.map((columnMeans) => {
    const sorted = [...columnMeans.sort()];
    return { low: quantileSorted(sorted, tail), high: quantileSorted(sorted, 1 - tail) };
  });
}

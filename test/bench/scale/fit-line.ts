import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';

export interface FittedLine {
  /** y at x = 0, and per unit of x. */
  readonly intercept: number;
  readonly slope: number;
  /** Part of the variance that the line explains, in [0, 1]. */
  readonly rSquared: number;
}

/** The straight line through the points by least squares of relative errors: the smallest point counts as much as the largest. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): FittedLine {
  // y / x = intercept / x + slope: a line in 1 / x, whose residuals are those of y as parts of x.
  const relative = points.map(([x, y]) => [1 / x, y / x]);
  const { m: intercept, b: slope } = linearRegression(relative);
  const line = linearRegressionLine({ m: slope, b: intercept });
  return {
    intercept,
    slope,
    rSquared: rSquared(
      points.map(([x, y]) => [x, y]),
      line,
    ),
  };
}

import { solveLinearSystem } from '#gpu-worker/calibration/solve-linear-system.ts';

/** One judged pair: its features, all rows in the same order, and whether it is relevant. */
export interface LabelledRow {
  readonly features: readonly number[];
  readonly relevant: boolean;
}

export interface LogisticRegression {
  readonly intercept: number;
  /** One a feature, per unit of the feature. */
  readonly weights: readonly number[];
}

/** Newton converges in under ten steps on such data; this many means that it does not. */
const stepsMax = 100;

/** Largest change of a coefficient (of standardised features) that counts as none. */
const tolerance = 1e-10;

/**
 * p(relevant) = 1 / (1 + exp(−(intercept + Σ weight·feature))) by maximum likelihood, with the penalty ridge/2 · Σ weight² on the weights of the
 * features scaled to variance 1, which keeps separable data finite. Newton's method with step halving (iteratively re-weighted least squares): the
 * problem is convex with a handful of unknowns, so it ends at the one optimum, without a rate to tune and the same every time; the libraries that
 * there are for it descend the gradient with a fixed rate.
 * Throws an Error where there are no rows of one class, or a feature is not finite.
 */
export function fitLogisticRegression(rows: readonly LabelledRow[], ridge = 1): LogisticRegression {
  const relevant = rows.filter((row) => row.relevant).length;
  if (relevant === 0 || relevant === rows.length) {
    throw new Error(`a fit needs relevant and other pairs; ${relevant} of ${rows.length} are relevant`);
  }
  const scale = featureScale(rows);
  const inputs = rows.map(({ features }) => [
    1,
    ...features.map((value, index) => (value - (scale.means[index] ?? 0)) / (scale.deviations[index] ?? 1)),
  ]);
  const targets = rows.map((row) => (row.relevant ? 1 : 0));
  const penalties = (inputs[0] ?? []).map((_, index) => (index === 0 ? 0 : ridge));
  const solution = minimise(inputs, targets, penalties);
  const weights = solution.slice(1).map((value, index) => value / (scale.deviations[index] ?? 1));
  const shift = weights.reduce((sum, weight, index) => sum + weight * (scale.means[index] ?? 0), 0);
  return { intercept: (solution[0] ?? 0) - shift, weights };
}

function minimise(inputs: readonly number[][], targets: readonly number[], penalties: readonly number[]): number[] {
  let current = penalties.map(() => 0);
  let loss = penalisedLoss(inputs, targets, penalties, current);
  for (let step = 0; step < stepsMax; step += 1) {
    const direction = newtonDirection(inputs, targets, penalties, current);
    let length = 1;
    let next = current.map((value, index) => value - (direction[index] ?? 0));
    let nextLoss = penalisedLoss(inputs, targets, penalties, next);
    while (nextLoss > loss && length > 1e-8) {
      length /= 2;
      next = current.map((value, index) => value - length * (direction[index] ?? 0));
      nextLoss = penalisedLoss(inputs, targets, penalties, next);
    }
    const moved = Math.max(...direction.map((value) => Math.abs(value * length)));
    if (nextLoss <= loss) [current, loss] = [next, nextLoss];
    if (moved < tolerance || length <= 1e-8) return current;
  }
  throw new Error(`the fit did not converge in ${stepsMax} steps`);
}

/** Hessian⁻¹ · gradient of the penalised loss. */
function newtonDirection(
  inputs: readonly number[][],
  targets: readonly number[],
  penalties: readonly number[],
  coefficients: readonly number[],
): number[] {
  const gradient = penalties.map((penalty, index) => penalty * (coefficients[index] ?? 0));
  const hessian = penalties.map((penalty, i) => penalties.map((_, j) => (i === j ? penalty : 0)));
  inputs.forEach((input, row) => {
    const probability = 1 / (1 + Math.exp(-dot(input, coefficients)));
    const error = probability - (targets[row] ?? 0);
    const curvature = probability * (1 - probability);
    input.forEach((value, i) => {
      gradient[i] = (gradient[i] ?? 0) + error * value;
      const line = hessian[i] ?? [];
      for (const [j, other] of input.entries()) line[j] = (line[j] ?? 0) + curvature * value * other;
    });
  });
  return solveLinearSystem(hessian, gradient);
}

function penalisedLoss(
  inputs: readonly number[][],
  targets: readonly number[],
  penalties: readonly number[],
  coefficients: readonly number[],
): number {
  const penalty = coefficients.reduce((sum, value, index) => sum + ((penalties[index] ?? 0) * value * value) / 2, 0);
  return inputs.reduce((sum, input, row) => {
    const logit = dot(input, coefficients);
    // log(1 + exp(z)) − y·z, without overflow.
    return sum + Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - (targets[row] ?? 0) * logit;
  }, penalty);
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

/** Means and standard deviations; a feature that never changes has deviation 1. */
function featureScale(rows: readonly LabelledRow[]) {
  const width = rows[0]?.features.length ?? 0;
  const columns = Array.from({ length: width }, (_, index) => rows.map((row) => row.features[index] ?? Number.NaN));
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const deviations = columns.map((column, index) => {
    const mean = means[index] ?? 0;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    if (!Number.isFinite(variance)) throw new Error(`feature ${index} of the fit is not finite in some row`);
    return Math.sqrt(variance) || 1;
  });
  return { means, deviations };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLogisticRegression, type LabelledRow } from '#gpu-worker/calibration/fit-logistic-regression.ts';
import { solveLinearSystem } from '#gpu-worker/calibration/solve-linear-system.ts';

const value = fc.double({ min: -10, max: 10, noNaN: true });

describe('fitLogisticRegression', () => {
  it('finds the odds of a table of counts', () => {
    // Feature 0: 1 of 5 relevant, feature 1: 3 of 4. The maximum has exactly these odds.
    const rows: LabelledRow[] = [
      ...Array.from({ length: 5 }, (_, index) => ({ features: [0], relevant: index < 1 })),
      ...Array.from({ length: 4 }, (_, index) => ({ features: [1], relevant: index < 3 })),
    ];
    const { intercept, weights } = fitLogisticRegression(rows, 0);
    expect(intercept).toBeCloseTo(Math.log(1 / 4), 9);
    expect(weights[0]).toBeCloseTo(Math.log(3) - Math.log(1 / 4), 9);
  });

  it('stands where the penalised likelihood is flat, and predicts as many relevant pairs as there are', () => {
    const row = fc.record({ features: fc.tuple(value, value), relevant: fc.boolean() });
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 40 }), (rows) => {
        const relevant = rows.filter((one) => one.relevant).length;
        fc.pre(relevant > 0 && relevant < rows.length);
        const { intercept, weights } = fitLogisticRegression(rows, 1);
        const predicted = rows.reduce((sum, { features }) => {
          const logit = intercept + features.reduce((total, one, index) => total + one * (weights[index] ?? 0), 0);
          return sum + 1 / (1 + Math.exp(-logit));
        }, 0);
        expect(predicted).toBeCloseTo(relevant, 6);
      }),
    );
  });

  it('stays finite where a feature separates the classes, or never changes', () => {
    const rows = Array.from({ length: 20 }, (_, index) => ({ features: [index, 7], relevant: index >= 10 }));
    const { intercept, weights } = fitLogisticRegression(rows);
    expect(Number.isFinite(intercept)).toBe(true);
    expect(weights[0]).toBeGreaterThan(0);
    expect(weights[1]).toBe(0);
  });

  it('does not mind the scale of a feature', () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({
      features: [(index * 37) % 50],
      relevant: index % 3 === 0,
    }));
    const scaled = rows.map(({ features: [one = 0], relevant }) => ({ features: [one * 1e6 + 5e6], relevant }));
    const [plain, large] = [fitLogisticRegression(rows), fitLogisticRegression(scaled)];
    expect((large.weights[0] ?? 0) * 1e6).toBeCloseTo(plain.weights[0] ?? 0, 8);
  });

  it('refuses rows of one class, and a feature that is no number', () => {
    expect(() => fitLogisticRegression([{ features: [1], relevant: true }])).toThrow('1 of 1 are relevant');
    const rows = [
      { features: [Number.NaN], relevant: true },
      { features: [1], relevant: false },
    ];
    expect(() => fitLogisticRegression(rows)).toThrow('feature 0 of the fit is not finite');
  });
});

describe('solveLinearSystem', () => {
  it('solves what a product made', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value, value), { minLength: 3, maxLength: 3 }),
        fc.tuple(value, value, value),
        (noise, x) => {
          const matrix = noise.map((row, i) => row.map((one, j) => one + (i === j ? 40 : 0)));
          const right = matrix.map((row) => row.reduce((sum, one, j) => sum + one * (x[j] ?? 0), 0));
          const solved = solveLinearSystem(matrix, right);
          for (const [index, one] of solved.entries()) expect(one).toBeCloseTo(x[index] ?? 0, 8);
        },
      ),
    );
  });

  it('takes a matrix with a zero on the diagonal, and refuses a singular one', () => {
    expect(solveLinearSystem([[0, 1], [2, 0]], [3, 4])).toEqual([2, 3]); // biome-ignore format: a matrix
    expect(() => solveLinearSystem([[1, 2], [2, 4]], [1, 2])).toThrow('singular'); // biome-ignore format: a matrix
  });
});

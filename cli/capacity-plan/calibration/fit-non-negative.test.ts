import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitNonNegative } from '#cli/capacity-plan/calibration/fit-non-negative.ts';

const lengths = [20, 50, 100, 200, 400];
const rowOf = (length: number) => [1, length, length ** 2];

it('finds the coefficients that the values were made with', () => {
  const coefficient = fc.double({ min: 0.01, max: 10, noNaN: true });
  fc.assert(
    fc.property(coefficient, coefficient, coefficient, (a, b, c) => {
      const made = [a, b / 10, c / 1_000];
      const values = lengths.map((length) =>
        rowOf(length).reduce((sum, term, index) => sum + term * (made[index] ?? 0), 0),
      );
      const found = fitNonNegative(lengths.map(rowOf), values);
      for (const [index, value] of found.entries()) expect(value / (made[index] ?? 0)).toBeCloseTo(1, 4);
    }),
  );
});

it('leaves out what would be negative', () => {
  const [constant, slope, square] = fitNonNegative(
    lengths.map(rowOf),
    lengths.map((length) => 0.5 * length - 5),
  );
  expect(constant).toBe(0);
  expect(slope).toBeGreaterThan(0.2);
  expect(square).toBeGreaterThanOrEqual(0);
});

it('gives a term that is always zero nothing', () => {
  expect(
    fitNonNegative(
      [
        [1, 0],
        [2, 0],
      ],
      [2, 4],
    ),
  ).toEqual([2, 0]);
});

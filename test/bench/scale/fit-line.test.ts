import { expect, it } from 'vitest';
import { fitLine } from '#test/bench/scale/fit-line.ts';

it('finds a straight line, whatever the distance between its points', () => {
  const points = [10, 30, 100, 1_000].map((x) => [x, 20 + 3 * x] as const);
  const { intercept, slope, rSquared } = fitLine(points);
  expect([intercept, slope, rSquared]).toEqual([20, 3, 1].map((value) => expect.closeTo(value, 6)));
});

it('does not call a square a line', () => {
  expect(fitLine([10, 30, 100, 1_000].map((x) => [x, x * x] as const)).rSquared).toBeLessThan(0.9);
});

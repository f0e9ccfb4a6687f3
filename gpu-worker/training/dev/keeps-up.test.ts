import { expect, it } from 'vitest';
import { keepsUp } from '#gpu-worker/training/dev/keeps-up.ts';

it('holds for a look that is higher, or behind by no more than the standard error of the difference', () => {
  expect(keepsUp([1, 0.5, 0.5], [0.5, 0.5, 0.5])).toBe(true);
  expect(keepsUp([0.5, 0.5], [0.5, 0.5])).toBe(true);
  // Differences 1, 0, 0, 0: mean .25, standard deviation .5, standard error .25.
  expect(keepsUp([0, 1, 1, 1], [1, 1, 1, 1])).toBe(true);
});

it('fails for one that is behind on query after query', () => {
  // Differences .5, .25: mean .375, standard error .125.
  expect(keepsUp([0.5, 0.25], [1, 0.5])).toBe(false);
  expect(keepsUp([0.5, 0.5, 0.5], [0.75, 0.75, 0.75])).toBe(false);
});

it('takes the higher of two looks at a single query, which has no standard error', () => {
  expect(keepsUp([0.6], [0.5])).toBe(true);
  expect(keepsUp([0.4], [0.5])).toBe(false);
});

import { expect, it } from 'vitest';
import { linearRate } from '#gpu-worker/training/optimiser/linear-schedule.ts';

const ratesOf = (warmUpSteps: number, totalSteps: number, steps: number) =>
  Array.from({ length: steps }, (_, index) => linearRate(index + 1, { warmUpSteps, totalSteps }));

it('rises to its height over the warm-up, falls in a straight line, and is never zero before the last step is done', () => {
  expect(ratesOf(2, 6, 7)).toEqual([0.5, 1, 1, 0.75, 0.5, 0.25, 0]);
});

it('starts at its height without a warm-up', () => {
  expect(ratesOf(0, 4, 4)).toEqual([1, 0.75, 0.5, 0.25]);
});

it('still rises when the warm-up is all there is', () => {
  expect(ratesOf(3, 3, 4)).toEqual([1 / 3, 2 / 3, 1, 0]);
});

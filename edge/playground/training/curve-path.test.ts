import { expect, it } from 'vitest';
import { curvePath, valueRange } from '#edge/playground/training/curve-path.ts';

it('puts the highest at the top and the last step at the right', () => {
  const frame = { width: 100, height: 10, steps: 50, low: 1, high: 3 };
  const points = [
    { step: 0, value: 1 },
    { step: 25, value: 3 },
    { step: 50, value: 2 },
  ];
  expect(curvePath(points, frame)).toBe('0.0,10.0 50.0,0.0 100.0,5.0');
});

it('has a range with some height, whatever the values', () => {
  expect(valueRange([])).toEqual({ low: 0, high: 1 });
  const { low, high } = valueRange([2, 2]);
  expect(low).toBeLessThan(2);
  expect(high).toBeGreaterThan(2);
});

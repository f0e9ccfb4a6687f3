import { expect, it } from 'vitest';
import { shadeByLift } from '#edge/playground/ranking/shade-by-lift.ts';

it.each([
  [0, null],
  [0.2, null],
  [-0.2, null],
  [0.25, 'rise-1'],
  [1.9, 'rise-2'],
  [-2, 'drop-3'],
  [5.27, 'rise-4'],
  [-40, 'drop-4'],
  [Number.NaN, null],
])('shades %d nats with %s', (lift, shade) => {
  expect(shadeByLift(lift)).toBe(shade);
});

import { expect, it } from 'vitest';
import { signedNats } from '#edge/playground/ranking/signed-nats.ts';

it.each([
  [1.254, '+1.25'],
  [-0.4, '−0.40'],
  [-0.001, '0.00'],
  [0, '0.00'],
])('writes %d as %s', (nats, text) => {
  expect(signedNats(nats)).toBe(text);
});

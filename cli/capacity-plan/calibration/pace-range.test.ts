import { expect, it } from 'vitest';
import { paceRange } from '#cli/capacity-plan/calibration/pace-range.ts';

it('is one pace where calls of six documents are answered every 100 ms', () => {
  const answeredAtMs = Array.from({ length: 100 }, (_, index) => index * 100 + 50);
  expect(paceRange({ answeredAtMs, documentsPerCall: 6, milliseconds: 10_000 })).toEqual({ slowest: 60, fastest: 60 });
});

it('shows a fifth of the time in which every other answer was missing, and counts the last answer at the end', () => {
  const answeredAtMs = [1, 2, 3, 4, 5, 7, 8, 9, 10].map((tenth) => tenth * 1_000);
  const { slowest, fastest } = paceRange({ answeredAtMs, documentsPerCall: 4, milliseconds: 10_000 });
  expect([slowest, fastest]).toEqual([2, 6]);
});

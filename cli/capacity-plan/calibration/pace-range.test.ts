import { expect, it } from 'vitest';
import { paceRange } from '#cli/capacity-plan/calibration/pace-range.ts';

const every = (fromMs: number, toMs: number, stepMs: number) =>
  Array.from({ length: (toMs - fromMs) / stepMs }, (_, index) => fromMs + (index + 1) * stepMs - 1);
const load = { documentsPerCall: 6, milliseconds: 15_000 };

it('is one pace where calls of six documents are answered every 100 ms', () => {
  expect(paceRange({ ...load, answeredAtMs: every(0, 15_000, 100) })).toEqual({ slowest: 60, fastest: 60 });
});

it('shows the fifth of the time in which every other answer was missing', () => {
  const answeredAtMs = [...every(0, 6_000, 100), ...every(6_000, 9_000, 200), ...every(9_000, 15_000, 100)];
  expect(paceRange({ ...load, answeredAtMs })).toEqual({ slowest: 30, fastest: 60 });
});

it('counts an answer at the very end', () => {
  const answeredAtMs = every(0, 15_000, 100).map((atMs) => atMs + 1);
  expect(paceRange({ ...load, answeredAtMs })?.fastest).toBe(62);
});

it('says nothing of a slow model’s few calls', () => {
  expect(paceRange({ ...load, answeredAtMs: every(0, 15_000, 200) })).toBeNull();
});

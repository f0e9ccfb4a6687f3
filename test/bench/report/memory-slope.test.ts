import { expect, it } from 'vitest';
import { memorySlope } from '#test/bench/report/memory-slope.ts';

const mebibyte = 2 ** 20;

it('does not take the filling of caches for a leak', () => {
  const samples = Array.from({ length: 30 }, (_, seconds) => ({
    seconds,
    residentBytes: Math.min(500 + 50 * seconds, 1_000) * mebibyte,
  }));
  expect(memorySlope(samples)).toEqual({ mebibytesPerMinute: 0, growthShare: 0, lastMebibytes: 1_000 });
});

it('gives a steady growth a minute, and as a share of all', () => {
  const samples = Array.from({ length: 31 }, (_, n) => ({ seconds: 10 * n, residentBytes: (1_000 + n) * mebibyte }));
  const slope = memorySlope(samples);
  expect(slope?.mebibytesPerMinute).toBeCloseTo(6, 9);
  expect(slope?.growthShare).toBeCloseTo(20 / 1_030, 9);
});

it('says nothing of two samples', () => {
  expect(memorySlope([])).toBeNull();
  expect(memorySlope([1, 2].map((seconds) => ({ seconds, residentBytes: 1 })))).toBeNull();
});

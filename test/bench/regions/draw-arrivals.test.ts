import { describe, expect, it } from 'vitest';
import { drawArrivals } from '#test/bench/regions/draw-arrivals.ts';

const options = { seed: 1, purpose: 'enam', seconds: 1_000, rate: 3 };

describe('drawArrivals', () => {
  it('has the rate that is asked for, and gaps as of callers who know nothing of each other', () => {
    const arrivals = drawArrivals(options);
    const gaps = arrivals.map((at, index) => at - (arrivals[index - 1] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    expect(mean).toBeCloseTo(1 / 3, 1);
    expect(deviation / mean).toBeGreaterThan(0.9);
    expect(deviation / mean).toBeLessThan(1.1);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(arrivals.at(-1)).toBeLessThan(1_000);
  });

  it('is the same for the same seed, and another one for another purpose', () => {
    expect(drawArrivals(options)).toEqual(drawArrivals(options));
    expect(drawArrivals({ ...options, purpose: 'weur' })).not.toEqual(drawArrivals(options));
  });

  it('has so many times the callers in a rush, and none of it before and after', () => {
    const rush = { startSeconds: 200, endSeconds: 400, factor: 4 };
    const [calm, rushed] = [drawArrivals(options), drawArrivals({ ...options, rush })];
    const calmPart = (arrivals: readonly number[]) => arrivals.filter((at) => at < 200);
    const within = (arrivals: readonly number[], from: number, to: number) =>
      arrivals.filter((at) => at >= from && at < to).length / (to - from);
    expect(calmPart(rushed)).toEqual(calmPart(calm));
    expect(within(rushed, 200, 400) / 3).toBeCloseTo(4, 0);
    expect(within(rushed, 400, 1_000) / 3).toBeCloseTo(1, 0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitAt, ndcgAt, reciprocalRankAt } from '#gpu-worker/evaluation/ranking-metrics.ts';

const gainsArbitrary = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 });
const cutoffArbitrary = fc.integer({ min: 1, max: 20 });

describe('nDCG, hit and reciprocal rank', () => {
  it('agree with figures worked out by hand', () => {
    // DCG = 3/log2(2) + 2/log2(4) = 4; ideal = 3/log2(2) + 2/log2(3).
    expect(ndcgAt([3, 0, 2], [2, 3], 10)).toBeCloseTo(4 / (3 + 2 / Math.log2(3)), 12);
    expect(ndcgAt([0, 1], [1], 10)).toBeCloseTo(1 / Math.log2(3), 12);
    expect(ndcgAt([0, 0, 1], [1], 2)).toBe(0);
    expect(reciprocalRankAt([0, 0, 1, 1], 10)).toBe(1 / 3);
    expect(reciprocalRankAt([0, 0, 1], 2)).toBe(0);
    expect([hitAt([0, 1], 1), hitAt([0, 1], 2)]).toEqual([0, 1]);
  });

  it('lie in [0, 1], and nDCG is 1 exactly for the best order', () => {
    fc.assert(
      fc.property(gainsArbitrary, cutoffArbitrary, (gains, cutoff) => {
        const best = [...gains].sort((a, b) => b - a);
        for (const value of [ndcgAt(gains, gains, cutoff), hitAt(gains, cutoff), reciprocalRankAt(gains, cutoff)]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(ndcgAt(best, gains, cutoff)).toBeCloseTo(gains.some((gain) => gain > 0) ? 1 : 0, 12);
      }),
    );
  });

  it('never fall when a more relevant document moves up', () => {
    fc.assert(
      fc.property(gainsArbitrary, cutoffArbitrary, fc.nat(), (gains, cutoff, seed) => {
        fc.pre(gains.length >= 2);
        const at = seed % (gains.length - 1);
        const [upper = 0, lower = 0] = gains.slice(at, at + 2);
        fc.pre(lower > upper);
        const swapped = gains.with(at, lower).with(at + 1, upper);
        expect(ndcgAt(swapped, gains, cutoff)).toBeGreaterThanOrEqual(ndcgAt(gains, gains, cutoff) - 1e-12);
        expect(hitAt(swapped, cutoff)).toBeGreaterThanOrEqual(hitAt(gains, cutoff));
        expect(reciprocalRankAt(swapped, cutoff)).toBeGreaterThanOrEqual(reciprocalRankAt(gains, cutoff));
      }),
    );
  });

  it('do not see what lies beyond the cutoff', () => {
    fc.assert(
      fc.property(gainsArbitrary, gainsArbitrary, cutoffArbitrary, (gains, tail, cutoff) => {
        const head = [...gains, ...new Array<number>(cutoff).fill(0)].slice(0, cutoff);
        expect(ndcgAt([...head, ...tail], gains, cutoff)).toBe(ndcgAt(head, gains, cutoff));
        expect(reciprocalRankAt([...head, ...tail], cutoff)).toBe(reciprocalRankAt(head, cutoff));
      }),
    );
  });
});

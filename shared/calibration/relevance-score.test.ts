import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relevanceScore } from '#shared/calibration/relevance-score.ts';

const likelihood = fc.double({ min: -1e6, max: 0, noNaN: true });

describe('relevanceScore', () => {
  it('is the geometric mean probability of the query tokens', () => {
    const probabilities = [0.5, 0.1, 0.9];
    const mean = probabilities.reduce((sum, p) => sum + Math.log(p), 0) / probabilities.length;
    expect(relevanceScore(mean)).toBeCloseTo((0.5 * 0.1 * 0.9) ** (1 / 3), 14);
  });

  it('stays inside (0, 1) and never falls when the likelihood rises', () => {
    fc.assert(
      fc.property(likelihood, likelihood, (left, right) => {
        const [low, high] = [Math.min(left, right), Math.max(left, right)];
        expect(relevanceScore(low)).toBeGreaterThan(0);
        expect(relevanceScore(high)).toBeLessThan(1);
        expect(relevanceScore(low)).toBeLessThanOrEqual(relevanceScore(high));
      }),
    );
  });

  it('tells likelihoods apart that differ in the tenth decimal', () => {
    expect(relevanceScore(-1.5)).not.toBe(relevanceScore(-1.5000000001));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %d', (value) => {
    expect(() => relevanceScore(value)).toThrow('must be finite');
  });
});

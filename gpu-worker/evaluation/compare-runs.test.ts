import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '#gpu-worker/evaluation/compare-runs.ts';
import { spearmanCorrelation } from '#gpu-worker/evaluation/spearman-correlation.ts';

const listArbitrary = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 20 });

describe('spearmanCorrelation', () => {
  it('agrees with figures worked out by hand, ties included', () => {
    expect(spearmanCorrelation([1, 2, 3, 4], [1, 2, 4, 3])).toBeCloseTo(0.8, 12);
    expect(spearmanCorrelation([1, 2, 3], [1, 1, 2])).toBeCloseTo(Math.sqrt(3) / 2, 12);
  });

  it('is 1 for any rising transformation, -1 for a falling one, and symmetric', () => {
    fc.assert(
      fc.property(listArbitrary, listArbitrary, (left, other) => {
        const right = left.map((_, index) => other[index % other.length] ?? 0);
        expect(spearmanCorrelation(left, right)).toBeCloseTo(spearmanCorrelation(right, left), 12);
        expect(spearmanCorrelation(left, left.map(Math.exp))).toBeCloseTo(1, 12);
        if (new Set(left).size > 1) expect(spearmanCorrelation(left, left.map((value) => -value))).toBeCloseTo(-1, 12); // biome-ignore format: one law
      }),
    );
  });

  it('refuses lists of different lengths', () => {
    expect(() => spearmanCorrelation([1], [1, 2])).toThrow('1 and 2');
  });
});

describe('compareRuns', () => {
  it('measures the pairs that both runs score', () => {
    const run = new Map([['q', [{ documentId: 'a', score: -1 }, { documentId: 'b', score: -2 }, { documentId: 'c', score: -3 }]], ['alone', [{ documentId: 'a', score: 0 }]]]); // biome-ignore format: two queries
    const reference = new Map([['q', [{ documentId: 'b', score: -2.5 }, { documentId: 'a', score: -1.1 }, { documentId: 'x', score: 9 }]]]); // biome-ignore format: one query
    const comparison = compareRuns(run, reference);
    expect(comparison.pairs).toBe(2);
    expect(comparison.meanAbsoluteDifference).toBeCloseTo(0.3, 12);
    expect(comparison.maxAbsoluteDifference).toBeCloseTo(0.5, 12);
    expect([comparison.meanSpearman, comparison.queries]).toEqual([1, 1]);
  });
});

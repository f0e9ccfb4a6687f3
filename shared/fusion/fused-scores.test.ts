import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolateScores } from '#shared/fusion/interpolate-scores.ts';
import { reciprocalRankBest, reciprocalRankScores } from '#shared/fusion/reciprocal-rank-scores.ts';
import { standardScores } from '#shared/fusion/standard-scores.ts';

const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 30 })), {
  minLength: 1,
  maxLength: 12,
});
const listsOf = (rows: readonly (readonly [number, number])[]) =>
  [rows.map(([own]) => own), rows.map(([, first]) => first)] as const;

describe('standard scores', () => {
  it('have mean 0 and deviation 1, whatever the unit', () => {
    expect(standardScores([1, 2, 3])).toEqual([-Math.sqrt(1.5), 0, Math.sqrt(1.5)]);
    expect(standardScores([1024, 2048, 3072])).toEqual(standardScores([1, 2, 3]));
  });

  it('are 0 where nothing differs, also for one value and for values that do not add up exactly', () => {
    expect(standardScores([7])).toEqual([0]);
    expect(standardScores([0.1, 0.1, 0.1])).toEqual([0, 0, 0]);
    expect(standardScores([])).toEqual([]);
  });
});

describe('interpolated scores', () => {
  it('are the weighted standard scores', () => {
    const [low, middle, high] = standardScores([1, 2, 3]);
    expect(interpolateScores([1, 2, 3], [30, 20, 10], 0.25)).toEqual([
      0.25 * (high ?? 0) + 0.75 * (low ?? 0),
      0.25 * (middle ?? 0) + 0.75 * (middle ?? 0),
      0.25 * (low ?? 0) + 0.75 * (high ?? 0),
    ]);
  });

  it('order as the first stage at weight 1, and as our own at 0', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const [own, first] = listsOf(rows);
        for (const [weight, list] of [
          [0, own],
          [1, first],
        ] as const) {
          // biome-ignore format: a table
          const fused = interpolateScores(own, first, weight);
          for (const [index, score] of fused.entries())
            for (const [other, otherScore] of fused.entries())
              expect(Math.sign(score - otherScore)).toBe(Math.sign((list[index] ?? 0) - (list[other] ?? 0)));
        }
      }),
    );
  });
});

describe('reciprocal rank scores', () => {
  it('sum 1 / (k + rank) over both lists; equal scores share a rank', () => {
    const fused = reciprocalRankScores([-1, -3, -2], [5, 5, 1], 60);
    expect(fused).toEqual([1 / 61 + 1 / 61, 1 / 61 + 1 / 63, 1 / 63 + 1 / 62]);
  });

  it('never pass what the first of both lists has, and look at order alone', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 100 }), (rows, k) => {
        const [own, first] = listsOf(rows);
        const fused = reciprocalRankScores(own, first, k);
        expect(Math.max(...fused)).toBeLessThanOrEqual(reciprocalRankBest(k));
        expect(Math.min(...fused)).toBeGreaterThan(0);
        expect(reciprocalRankScores(own.map(Math.atan), first.map((score) => score ** 3), k)).toEqual(fused); // biome-ignore format: one call
      }),
    );
  });
});

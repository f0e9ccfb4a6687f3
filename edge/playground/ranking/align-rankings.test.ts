import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignRankings } from '#edge/playground/ranking/align-rankings.ts';

describe('alignRankings', () => {
  it('has the place of each document in both, and of those that one lacks', () => {
    expect(alignRankings([0, 1, 2], [2, 3, 0])).toEqual([
      { index: 2, from: 2, to: 0 },
      { index: 3, from: null, to: 1 },
      { index: 0, from: 0, to: 2 },
      { index: 1, from: 1, to: null },
    ]);
  });

  it('puts both rankings together again', () => {
    const ranking = fc.uniqueArray(fc.nat(20), { maxLength: 12 });
    fc.assert(
      fc.property(ranking, ranking, (before, after) => {
        const moves = alignRankings(before, after);
        const again = (side: 'from' | 'to') =>
          moves
            .filter((move) => move[side] !== null)
            .sort((left, right) => (left[side] ?? 0) - (right[side] ?? 0))
            .map(({ index }) => index);
        expect(again('from')).toEqual(before);
        expect(again('to')).toEqual(after);
      }),
    );
  });
});

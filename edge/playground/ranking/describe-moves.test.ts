import { expect, it } from 'vitest';
import { alignRankings } from '#edge/playground/ranking/align-rankings.ts';
import { describeMove, describeMoves } from '#edge/playground/ranking/describe-moves.ts';

it.each([
  [[0, 1, 2], [2, 0, 1], '3 of 3 documents moved. The first was in place 3.'],
  [[0, 1, 2], [0, 2, 1], '2 of 3 documents moved. The first is the same.'],
  [[0, 1], [0, 1], 'Both have the same order.'],
  [[], [], 'Both have the same order.'],
])('says of %j and %j: %s', (before, after, sentence) => {
  expect(describeMoves(alignRankings(before, after))).toBe(sentence);
});

it.each([
  [2, 0, 'up 2 from place 3'],
  [0, 1, 'down 1 from place 1'],
  [1, 1, null],
  [null, 1, null],
])('says of a document that was in %s and is in %s: %s', (from, to, words) => {
  expect(describeMove({ index: 0, from, to })).toBe(words);
});

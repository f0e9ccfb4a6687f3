import { expect, it } from 'vitest';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';

const order = (scores: Record<string, number>) =>
  orderEntries(Object.entries(scores).map(([documentId, score]) => ({ documentId, score }))).map(
    (entry) => entry.documentId,
  );

it('orders as trec_eval: by score, and equal scores by document id from the last to the first', () => {
  expect(order({ d1: 1, d2: 2, d10: 1, d9: 1 })).toEqual(['d2', 'd9', 'd10', 'd1']);
});

it('takes scores that are one number in float32 for equal', () => {
  expect(order({ a: 1.000_000_01, b: 1 })).toEqual(['b', 'a']);
  expect(order({ a: 1.000_001, b: 1 })).toEqual(['a', 'b']);
});

it('compares ids byte by byte, as C does, and not by UTF-16 units', () => {
  expect(order({ '\u{1F600}': 1, '\uFF5E': 1 })).toEqual(['\u{1F600}', '\uFF5E']);
});

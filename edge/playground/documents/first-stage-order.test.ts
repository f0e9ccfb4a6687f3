import { expect, it } from 'vitest';
import { firstStageOrder } from '#edge/playground/documents/first-stage-order.ts';

it('goes by score, equal ones as they came', () => {
  expect(firstStageOrder([1, 3, 3, 2].map((score) => ({ text: 't', score })))).toEqual([1, 2, 3, 0]);
});

it('keeps the order where one document has no score', () => {
  expect(firstStageOrder([{ text: 'a', score: 1 }, { text: 'b' }, { text: 'c', score: 9 }])).toEqual([0, 1, 2]);
});

import { expect, it } from 'vitest';
import { describeHint } from '#edge/playground/ranking/describe-hint.ts';

const place = { text: ' x', start: 0, end: 1, position: 4 };
const tokens = [
  { text: ' climate', start: 0, end: 8, log_likelihood: -1, log_likelihood_without_document: -2, lift: 1 },
];

it.each([
  [{ ...place, query_token: 0, similarity: 0.934 }, 'token 5, chosen by “climate”, similarity 0.93'],
  [{ ...place, weight: 0.0823 }, 'token 5, 8.2 % of the attention'],
])('says of %j: %s', (hint, words) => {
  expect(describeHint(hint, tokens)).toBe(words);
});

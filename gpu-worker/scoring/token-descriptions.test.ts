import { expect, it } from 'vitest';
import { TokenDescriptions } from '#gpu-worker/scoring/token-descriptions.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';

const texts = ['<end>', ' The', 'the', 'then', ' the cat', '42', ' é', '—', ' ', 'x1'];
let decoded = 0;
const tokenizer: Tokenizer = {
  encode: () => [],
  decode: (ids) => {
    decoded += 1;
    return ids.map((id) => texts[id] ?? '').join('');
  },
  vocabularySize: texts.length,
  bytesOf: () => new Uint8Array(0),
  specialIds: new Set([0]),
  bosId: null,
  eosId: 0,
  fingerprint: '',
};
const descriptions = new TokenDescriptions(tokenizer);
const textsWhere = (holds: (id: number) => boolean) => texts.filter((_, id) => holds(id));

it('knows stop words whatever their case and the space in front, whole tokens only', () => {
  expect(textsWhere(descriptions.isStopWord)).toEqual([' The', 'the', 'then']);
});

it('finds letters of any script, and none in digits, signs and spaces', () => {
  expect(textsWhere((id) => !descriptions.hasLetter(id))).toEqual(['42', '—', ' ']);
});

it('has the tokenizer’s special tokens, and decodes a token once', () => {
  expect(descriptions.specialIds).toBe(tokenizer.specialIds);
  expect(decoded).toBe(texts.length);
});

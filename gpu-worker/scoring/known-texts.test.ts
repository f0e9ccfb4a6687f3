import { expect, it } from 'vitest';
import { KnownTexts } from '#gpu-worker/scoring/known-texts.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import { contentWords, queryWeights } from '#shared/calibration/word-weights.ts';

/** A token a code unit; counts what it is asked. */
function countingTokenizer() {
  const asked: string[] = [];
  const tokenizer: Tokenizer = {
    encode(text) {
      asked.push(text);
      return [...text].map((character) => character.codePointAt(0) ?? 0);
    },
    decode: (ids) => String.fromCodePoint(...ids),
    bytesOf: (id) => Uint8Array.of(id),
    vocabularySize: 65_536,
    specialIds: new Set(),
    bosId: null,
    eosId: null,
    fingerprint: 'counting',
  };
  return { asked, texts: new KnownTexts(tokenizer) };
}

it('splits a text that comes again once, and gives what the text gives', () => {
  const { asked, texts } = countingTokenizer();
  const text = 'The river Danube, the river';
  const first = texts.get(text, ' ');
  expect(first.ids).toHaveLength(text.length + 1);
  expect(first.words()).toEqual(contentWords(text));
  expect(first.weights()).toEqual(queryWeights(text));
  expect(texts.get(text, ' ')).toBe(first);
  expect(first.words()).toBe(first.words());
  expect(asked).toEqual([` ${text}`]);
});

it('keeps texts apart that only the template makes alike', () => {
  const { texts } = countingTokenizer();
  expect(texts.get(' a', '').ids).toEqual(texts.get('a', ' ').ids);
  expect(texts.get(' A river', '')).not.toBe(texts.get('A river', ' '));
  expect(texts.get('1 a', '')).not.toBe(texts.get('a', '1 '));
});

it('forgets what was not asked for longest, and keeps no text that is larger than all of it', () => {
  const { asked, texts } = countingTokenizer();
  const passages = Array.from({ length: 30 }, (_, index) => String(index % 10).repeat(100_000 + index));
  for (const passage of passages) texts.get(passage, '');
  texts.get(passages.at(-1) ?? '', '');
  expect(asked).toHaveLength(30);
  texts.get(passages[0] ?? '', '');
  expect(asked).toHaveLength(31);
  const book = 'x'.repeat(3_000_000);
  texts.get(book, '');
  texts.get(book, '');
  expect(asked).toHaveLength(33);
});

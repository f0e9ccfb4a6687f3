import { expect, it } from 'vitest';
import { stopWords } from '#shared/text/stop-words.ts';

it('holds single lower-case words, each reachable by a token’s trimmed lower-case text', () => {
  expect(stopWords.size).toBe(33);
  expect([...stopWords].filter((word) => !/^[a-z]+$/.test(word))).toEqual([]);
  expect(['the', 'of', 'with'].every((word) => stopWords.has(word))).toBe(true);
});

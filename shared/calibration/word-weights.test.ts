import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backgroundDocuments, backgroundWords } from '#shared/calibration/background-words.ts';
import { ignoredWords } from '#shared/calibration/ignored-words.ts';
import { contentWords, queryWeights, wordWeight } from '#shared/calibration/word-weights.ts';

describe('wordWeight', () => {
  it('is less for a usual word than for a rare one, and largest for one that the table lacks', () => {
    expect(wordWeight('first')).toBeLessThan(wordWeight('parliament'));
    expect(wordWeight('parliament')).toBeLessThan(wordWeight('zbigniew'));
    expect(wordWeight('zbigniew')).toBe(wordWeight('東京'));
  });

  it('is positive and bounded for any word, the names of an object’s own parts included', () => {
    const names = fc.constantFrom('constructor', '__proto__', 'toString', '', '3');
    fc.assert(
      fc.property(fc.oneof(names, fc.string()), (word) => {
        expect(wordWeight(word)).toBeGreaterThan(0);
        expect(wordWeight(word)).toBeLessThanOrEqual(Math.log(2 * backgroundDocuments + 2));
      }),
    );
  });
});

describe('queryWeights', () => {
  it('weighs each content word once, in the order of the query', () => {
    expect([...queryWeights('What is a tower, and which Tower is it?').keys()]).toEqual(['tower']);
    expect(queryWeights('who was it').size).toBe(0);
    expect(contentWords('The tower of the Tower')).toEqual(['tower', 'tower']);
  });
});

describe('the background table', () => {
  const lines = backgroundWords.trim().split('\n');

  it('has each word once, with a count that is possible, and none that is ignored', () => {
    const words = lines.flatMap((line) => line.split(' ').slice(1));
    expect(words.length).toBeGreaterThan(2_000);
    expect(new Set(words).size).toBe(words.length);
    expect(words.filter((word) => ignoredWords.has(word))).toEqual([]);
    const counts = lines.map((line) => Number(line.split(' ')[0]));
    expect(counts.every((count) => Number.isInteger(count) && count >= 3 && count <= backgroundDocuments)).toBe(true);
  });

  it('is small enough for the edge’s bundle', () => {
    expect(backgroundWords.length).toBeLessThan(60_000);
  });
});

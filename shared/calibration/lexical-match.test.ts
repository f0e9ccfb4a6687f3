import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lexicalMatch } from '#shared/calibration/lexical-match.ts';

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const weights = fc
  .dictionary(word, fc.double({ min: 0.01, max: 10, noNaN: true }), { minKeys: 1 })
  .map((record) => new Map(Object.entries(record)));
const document = fc.array(word, { maxLength: 200 });

describe('lexicalMatch', () => {
  it('is the formula of method.md', () => {
    const query = new Map([
      ['tower', 3],
      ['built', 1],
    ]);
    const words = ['tower', 'tower', 'x', 'y'];
    const penalty = 0.9 * (0.6 + (0.4 * 4) / 80);
    expect(lexicalMatch(query, words)).toBeCloseTo((3 * ((2 * 1.9) / (2 + penalty))) / 4, 14);
  });

  it('lies in [0, 1.9), is 0 without a common word, and takes no notice of the order of either', () => {
    fc.assert(
      fc.property(weights, document, (query, words) => {
        const match = lexicalMatch(query, words);
        expect(match).toBeGreaterThanOrEqual(0);
        expect(match).toBeLessThan(1.9);
        expect(match === 0).toBe(!words.some((one) => query.has(one)));
        expect(lexicalMatch(query, [...words].reverse())).toBe(match);
        expect(lexicalMatch(new Map([...query].reverse()), words)).toBeCloseTo(match, 12);
      }),
    );
  });

  it('rises when a query word takes the place of another word, and falls as other words are added', () => {
    fc.assert(
      fc.property(weights, document, (query, words) => {
        const [wanted = ''] = query.keys();
        const match = lexicalMatch(query, [...words, 'other']);
        expect(lexicalMatch(query, [...words, wanted])).toBeGreaterThan(match);
        expect(match).toBeLessThanOrEqual(lexicalMatch(query, words));
      }),
    );
  });

  it('depends on the ratios of the weights alone', () => {
    fc.assert(
      fc.property(weights, document, fc.double({ min: 0.1, max: 10, noNaN: true }), (query, words, factor) => {
        const scaled = new Map([...query].map(([one, weight]) => [one, weight * factor]));
        expect(lexicalMatch(scaled, words)).toBeCloseTo(lexicalMatch(query, words), 10);
      }),
    );
  });

  it('is 0 for a query or a document without words', () => {
    expect(lexicalMatch(new Map(), ['a'])).toBe(0);
    expect(lexicalMatch(new Map([['a', 1]]), [])).toBe(0);
  });
});

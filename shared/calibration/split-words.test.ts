import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '#shared/calibration/split-words.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('splitWords', () => {
  it.each([
    ['When was the Eiffel-Tower built?', ['when', 'was', 'the', 'eiffel', 'tower', 'built']],
    ["don't stop: 3.5 km_h", ['don', 't', 'stop', '3', '5', 'km', 'h']],
    ['ÉCOLE École e\u0301cole', ['école', 'école', 'école']],
    ['Straße ΟΔΟΣ Ёлка', ['straße', 'οδος', 'ёлка']],
    ['हिन्दी में', ['हिन्दी', 'में']],
    ['東京都に', ['東京', '京都', '都に']],
    ['GPU版は', ['gpu', '版は']],
    ['ＡＢＣ ﬁne', ['abc', 'fine']],
    ['水', ['水']],
    ['', []],
    ['… — !?', []],
  ])('splits %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it('takes any text, gives words of letters, marks and digits only, and the same ones for the lower-cased text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const words = splitWords(text);
        for (const word of words) expect(word).toMatch(/^[\p{L}\p{M}\p{N}]+$/u);
        expect(splitWords(text.toLowerCase())).toEqual(words);
      }),
    );
  });

  it('finds in two texts with a space between what it finds in each', () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        fc.pre(/^(\P{M}|$)/u.test(right.normalize('NFKC')));
        expect(splitWords(`${left} ${right}`)).toEqual([...splitWords(left), ...splitWords(right)]);
      }),
    );
  });

  it('takes time in proportion to the text, not to its square', () => {
    // 400,000 characters are the longest document; a quadratic split of one run of them would not end.
    expect(splitWords('東'.repeat(400_000))).toHaveLength(399_999);
    expect(splitWords('a東'.repeat(100_000))).toHaveLength(200_000);
  });
});

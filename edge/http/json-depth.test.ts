import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDepth } from '#edge/http/json-depth.ts';

const depthOfText = (text: string) => jsonDepth(new TextEncoder().encode(text));

/** The slow and plain way. */
function depthOfValue(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOfValue));
}

describe('jsonDepth', () => {
  it('is the depth of the value, whatever brackets, quotes and backslashes its texts hold', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', '}', 'é', 'a') });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, text, fc.integer(), fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (json, indent) => {
        expect(depthOfText(JSON.stringify(json, null, indent))).toBe(depthOfValue(json));
      }),
    );
  });

  it.each([
    ['', 0],
    ['"never closed [[[', 0],
    ['[[["\\\\"]]]', 3],
    ['['.repeat(1000), 1000],
  ])('of %j is %i', (text, depth) => {
    expect(depthOfText(text)).toBe(depth);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBySpans } from '#edge/playground/ranking/split-by-spans.ts';

describe('splitBySpans', () => {
  it('cuts at tokens, and says which cover what, several where bytes of a character are tokens of their own', () => {
    const spans = [
      { start: 0, end: 2 },
      { start: null, end: null },
      { start: 3, end: 5 },
      { start: 3, end: 5 },
      { start: 2, end: 2 },
    ];
    expect(splitBySpans('ab 🙂!', spans)).toEqual([
      { start: 0, text: 'ab', spans: [0] },
      { start: 2, text: ' ', spans: [] },
      { start: 3, text: '🙂', spans: [2, 3] },
      { start: 5, text: '!', spans: [] },
    ]);
  });

  it('has nothing of nothing', () => {
    expect(splitBySpans('', [{ start: 0, end: 1 }])).toEqual([]);
  });

  it('never loses or invents a character, whatever the spans', () => {
    const span = fc.record({ start: fc.option(fc.integer({ min: -2, max: 30 })), end: fc.option(fc.nat(30)) });
    fc.assert(
      fc.property(fc.string({ maxLength: 25 }), fc.array(span), (text, spans) => {
        const segments = splitBySpans(text, spans);
        expect(segments.map((segment) => segment.text).join('')).toBe(text);
        for (const { start, text: part } of segments) expect(text.startsWith(part, start)).toBe(true);
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from '#edge/training/datasets/line-splitter.ts';

it('cuts the same lines wherever the chunks end, and drops those that are too long', () => {
  const bytesMax = 8;
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 }),
      fc.array(fc.nat(60)),
      (text, cuts) => {
        const bytes = new TextEncoder().encode(text);
        const lines: (string | undefined)[] = [];
        const splitter = new LineSplitter(bytesMax, (line) => lines.push(line && new TextDecoder().decode(line)));
        const ends = [...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
        let from = 0;
        for (const end of ends) {
          const chunk = bytes.slice(from, end);
          splitter.push(chunk);
          // Its owner uses it again.
          chunk.fill(0);
          from = end;
        }
        splitter.finish();
        const whole = text.split('\n');
        if (whole.at(-1) === '') whole.pop();
        expect(lines).toEqual(whole.map((line) => (line.length > bytesMax ? undefined : line)));
      },
    ),
  );
});

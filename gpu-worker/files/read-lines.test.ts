import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '#gpu-worker/files/read-lines.ts';

const collect = (chunks: Iterable<Uint8Array>) => Array.fromAsync(readLines(Readable.from(chunks), 'input'));

describe('readLines', () => {
  it('gives the same lines however the bytes are cut', async () => {
    const lineArbitrary = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\uFEFF]/gu, ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(lineArbitrary),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('\n', '\r\n'),
        async (lines, size, ending) => {
          const bytes = Buffer.from(lines.map((line) => line + ending).join(''));
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
          expect(await collect(chunks)).toEqual(lines.map((text, index) => ({ number: index + 1, text })));
        },
      ),
    );
  });

  it('needs no newline at the end, and drops a byte-order mark', async () => {
    expect(await collect([Buffer.from('\uFEFFone\ntwo')])).toEqual([
      { number: 1, text: 'one' },
      { number: 2, text: 'two' },
    ]);
    expect(await collect([])).toEqual([]);
  });

  it('names the folder that was given for a file', async () => {
    const reading = Array.fromAsync(readLines(createReadStream(import.meta.dirname), import.meta.dirname));
    await expect(reading).rejects.toMatchObject({ code: 'EISDIR', path: import.meta.dirname });
  });

  it('refuses bytes that are not UTF-8, and a line that would fill the memory', async () => {
    await expect(collect([Buffer.from('good\n'), Buffer.from([0x66, 0xff, 0xfe])])).rejects.toThrow(
      'input is not UTF-8 text (at or after line 2)',
    );
    await expect(collect([Buffer.from([0xe2, 0x82])])).rejects.toThrow('not UTF-8');
    const million = Buffer.alloc(1_000_000, 'x');
    await expect(collect(Array.from({ length: 17 }, () => million))).rejects.toThrow(
      'input line 1 is longer than 16000000 characters',
    );
  });
});

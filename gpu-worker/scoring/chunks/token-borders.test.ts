import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { tokenBorders } from '#gpu-worker/scoring/chunks/token-borders.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-borders-'));
const model = openModel(writeTinyTextModel(join(folder, 'model')));
const { tokenizer } = model;
afterAll(() => {
  model.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The pieces of a text as tokens that hold these bytes. */
const piecesOf = (...pieces: (string | number[])[]) =>
  pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : Uint8Array.from(piece)));
const strengths = (...pieces: (string | number[])[]) => {
  const { strengthAt } = tokenBorders(piecesOf(...pieces));
  return pieces.map((_, position) => strengthAt(position));
};

describe('tokenBorders', () => {
  it('tells where sentences, words and characters begin', () => {
    expect(strengths(' The', ' well', 's', ' end', '.', ' Next', ' one', '!"', ' Last')).toEqual([
      3, 2, 1, 2, 1, 3, 2, 1, 3,
    ]);
  });

  it('takes a line for a sentence, and sentences that no space follows', () => {
    expect(strengths(' a title', '\n', 'Text', ' more')).toEqual([3, 2, 3, 2]);
    expect(strengths('井', '戸。', '水')).toEqual([3, 1, 3]);
  });

  it('lets nothing begin within a character that is spread over tokens', () => {
    const [first = 0, ...rest] = new TextEncoder().encode('🌊');
    expect(strengths(' a', [first], rest, ' b')).toEqual([3, 1, 0, 2]);
  });

  it('counts the code units in front of each token as JavaScript does', () => {
    const text = fc.array(fc.constantFrom('a', ' ', 'é', '水', '🌊', '\n', '.'), { maxLength: 30 });
    fc.assert(
      fc.property(
        text.map((parts) => parts.join('')),
        (whole) => {
          const ids = tokenizer?.encode(whole) ?? [];
          const { codeUnits, strengthAt } = tokenBorders(ids.map((id) => tokenizer?.bytesOf(id) ?? new Uint8Array(0)));
          expect(codeUnits.at(-1)).toBe(whole.length);
          const begins = new Set(
            Array.from(whole, (character) => character).map((_, index, all) => all.slice(0, index).join('').length),
          );
          for (const position of ids.keys())
            if (strengthAt(position) > 0) expect(begins).toContain(codeUnits[position]);
        },
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { readUnpermutedRows } from '#gpu-worker/language-model/unpermute-rotary.ts';

const heads = 3;
const headSize = 6;
const columns = 2;

/** Split-halves matrix [heads · headSize, columns] whose element is its own index. */
const original = Float32Array.from({ length: heads * headSize * columns }, (_, index) => index);

/** As the GGUF converter writes it: each head [2, h/2, columns] becomes [h/2, 2, columns]. */
function interleaved(): Float32Array {
  const out = new Float32Array(original.length);
  for (let head = 0; head < heads; head++) {
    for (let half = 0; half < 2; half++) {
      for (let pair = 0; pair < headSize / 2; pair++) {
        const from = (head * headSize + half * (headSize / 2) + pair) * columns;
        const to = (head * headSize + pair * 2 + half) * columns;
        out.set(original.subarray(from, from + columns), to);
      }
    }
  }
  return out;
}

describe('readUnpermutedRows', () => {
  it('gives back any run of rows of the split-halves form', () => {
    const stored = interleaved();
    expect(stored).not.toEqual(original);
    const read = (start: number, end: number) => stored.subarray(start * columns, end * columns);
    for (let start = 0; start <= heads * headSize; start++) {
      for (let end = start; end <= heads * headSize; end++) {
        expect(readUnpermutedRows(read, headSize, start, end)).toEqual(original.slice(start * columns, end * columns));
      }
    }
  });
});

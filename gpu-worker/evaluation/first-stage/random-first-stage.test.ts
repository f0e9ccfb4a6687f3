import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawRandomDocuments } from '#gpu-worker/evaluation/first-stage/random-first-stage.ts';

const corpus = (size: number) => Array.from({ length: size }, (_, index) => `d${index}`);

describe('drawRandomDocuments', () => {
  it('draws different documents of the corpus, as many as there are at most, best first', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(40), fc.nat(), (size, depth, seed) => {
        const entries = drawRandomDocuments(corpus(size), 'q', depth, seed);
        expect(entries).toHaveLength(Math.min(size, depth));
        expect(new Set(entries.map((entry) => entry.documentId)).size).toBe(entries.length);
        for (const { documentId } of entries) expect(corpus(size)).toContain(documentId);
        expect(entries.map((entry) => entry.score)).toEqual(entries.map((_, index) => entries.length - index));
      }),
    );
  });

  it('draws the same for the same seed and query, and other documents for another', () => {
    const draw = (queryId: string, seed: number) => drawRandomDocuments(corpus(1000), queryId, 20, seed);
    expect(draw('q', 1)).toEqual(draw('q', 1));
    expect(draw('q', 1)).not.toEqual(draw('q', 2));
    expect(draw('q', 1)).not.toEqual(draw('p', 1));
  });

  it('gives every document about the same chance of being first', () => {
    const counts = new Map<string, number>();
    for (let query = 0; query < 5000; query++) {
      const first = drawRandomDocuments(corpus(10), `q${query}`, 4, 7)[0]?.documentId ?? '';
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    // 500 each expected, standard deviation 21.
    for (const id of corpus(10)) expect(Math.abs((counts.get(id) ?? 0) - 500)).toBeLessThan(110);
  });
});

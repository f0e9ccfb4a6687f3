import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseRuns } from '#gpu-worker/evaluation/fuse-runs.ts';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { RunEntry } from '#gpu-worker/evaluation/trec-run.ts';

const entriesOf = (scores: Record<string, number>): RunEntry[] =>
  Object.entries(scores).map(([documentId, score]) => ({ documentId, score }));
const fuse = (run: Record<string, number>, firstStage: Record<string, number>, weight: number) =>
  fuseRuns(new Map([['q', entriesOf(run)]]), new Map([['q', entriesOf(firstStage)]]), weight).get('q') ?? [];

describe('fuseRuns', () => {
  it('adds z-scores, worked out by hand', () => {
    // z of (1, 2, 3) is (−√1.5, 0, √1.5); z of (9, 9, 0) is (√½, √½, −√2).
    const fused = fuse({ a: 1, b: 2, c: 3 }, { a: 9, b: 9, c: 0 }, 0.25);
    const scores = Object.fromEntries(fused.map(({ documentId, score }) => [documentId, score]));
    expect(scores['a']).toBeCloseTo(0.25 * Math.SQRT1_2 - 0.75 * Math.sqrt(1.5), 12);
    expect(scores['b']).toBeCloseTo(0.25 * Math.SQRT1_2, 12);
    expect(scores['c']).toBeCloseTo(-0.25 * Math.SQRT2 + 0.75 * Math.sqrt(1.5), 12);
    expect(fused.map((entry) => entry.documentId)).toEqual(['c', 'b', 'a']);
  });

  it('takes the scale and origin of neither side into account, and with weight 0 keeps the order', () => {
    const scoresArbitrary = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: -9, max: 9 }), { minKeys: 1 }); // biome-ignore format: one line
    fc.assert(
      fc.property(scoresArbitrary, scoresArbitrary, (run, firstStage) => {
        const scaled = Object.fromEntries(Object.entries(firstStage).map(([id, score]) => [id, score * 3 - 7]));
        const plain = new Map(fuse(run, firstStage, 0.5).map(({ documentId, score }) => [documentId, score]));
        for (const { documentId, score } of fuse(run, scaled, 0.5)) expect(plain.get(documentId)).toBeCloseTo(score, 9);
        expect(fuse(run, firstStage, 0).map((entry) => entry.documentId)).toEqual(
          orderEntries(entriesOf(run)).map((entry) => entry.documentId),
        );
      }),
    );
  });

  it('counts scores that are all equal, and a first stage without the query, as nothing', () => {
    expect(fuse({ a: 2, b: 1 }, { a: 5, b: 5 }, 0.9).map((entry) => entry.documentId)).toEqual(['a', 'b']);
    expect(fuse({ a: 2, b: 1 }, {}, 0.9).map((entry) => entry.documentId)).toEqual(['a', 'b']);
  });

  it('puts documents that the first stage lacks at its bottom', () => {
    const ids = fuse({ a: 1, b: 1, c: 1 }, { a: 3, b: 1 }, 1).map((entry) => entry.documentId);
    expect(ids).toEqual(['a', 'c', 'b']);
  });
});

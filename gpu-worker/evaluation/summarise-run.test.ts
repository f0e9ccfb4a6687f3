import { describe, expect, it } from 'vitest';
import { summariseRun } from '#gpu-worker/evaluation/summarise-run.ts';

const entries = (...documentIds: string[]) => documentIds.map((documentId, index) => ({ documentId, score: -index }));

describe('summariseRun', () => {
  it('averages over the queries that have a relevant document and leaves the others out', () => {
    const run = new Map([
      ['found first', entries('a', 'b')],
      ['found second', entries('b', 'a')],
      ['nothing relevant', entries('a')],
      ['not judged', entries('a')],
    ]);
    const judgements = new Map([
      ['found first', new Map([['a', 1]])],
      ['found second', new Map([['a', 1]])],
      ['nothing relevant', new Map([['a', 0]])],
      ['not in the run', new Map([['a', 1]])],
    ]);
    expect(summariseRun(run, judgements)).toEqual({
      queries: 2,
      ndcgAt10: (1 + 1 / Math.log2(3)) / 2,
      hitAt1: 0.5,
      reciprocalRankAt10: 0.75,
    });
  });

  it('counts relevant documents that the run has missed against it', () => {
    const run = new Map([['q', entries('a')]]);
    const judgements = new Map([['q', new Map([['a', 1], ['missed', 1]])]]); // biome-ignore format: one query
    expect(summariseRun(run, judgements).ndcgAt10).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
  });

  it('is zero, not NaN, when nothing is judged', () => {
    expect(summariseRun(new Map([['q', entries('a')]]), new Map())).toEqual({
      queries: 0,
      ndcgAt10: 0,
      hitAt1: 0,
      reciprocalRankAt10: 0,
    });
  });
});

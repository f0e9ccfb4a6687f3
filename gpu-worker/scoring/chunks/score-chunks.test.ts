import { describe, expect, it } from 'vitest';
import type { DocumentChunk, DocumentSplit } from '#gpu-worker/scoring/chunks/document-split.ts';
import { scoreChunks } from '#gpu-worker/scoring/chunks/score-chunks.ts';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';

/** A chunk known by its first token, with that many hundredths of lexical match for each query. */
const chunkOf = (first: number, queries = 1): DocumentChunk => ({
  ids: Uint32Array.of(first, 1, 1),
  tokens: { start: first, end: first + 3 },
  characters: null,
  lexicalMatches: Array.from({ length: queries }, () => first / 100),
});
const pairOf = (meanLogLikelihood: number): PairScore => ({
  meanLogLikelihood,
  targetIds: [7],
  targetLogLikelihoods: Float32Array.of(meanLogLikelihood),
  documentTokens: 3,
  truncated: false,
});
const splitOf = (...firsts: number[]): DocumentSplit => [
  { queries: [0], chunks: firsts.map((first) => chunkOf(first)), truncated: false },
];

describe('scoreChunks', () => {
  it('gives the chunk with the highest likelihood, with its own place and match, and the tokens of all', async () => {
    const likelihoods = new Map([
      [0, -3],
      [2, -1],
      [4, -2],
    ]);
    const [best] = await scoreChunks(splitOf(0, 2, 4), undefined, async ({ ids }) => [
      pairOf(likelihoods.get(ids[0] ?? 0) ?? 0),
    ]);
    expect(best).toEqual({
      ...pairOf(-1),
      documentTokens: 9,
      lexicalMatch: 0.02,
      chunk: { index: 1, count: 3, tokens: { start: 2, end: 5 }, characters: null },
    });
  });

  it('gives the first of equal ones', async () => {
    const [best] = await scoreChunks(splitOf(0, 2, 4), undefined, async () => [pairOf(-1)]);
    expect(best?.chunk?.index).toBe(0);
  });

  it('chooses for each query by itself, and keeps the order of queries that have chunks of their own', async () => {
    const split: DocumentSplit = [
      { queries: [1], chunks: [chunkOf(0)], truncated: true },
      { queries: [0, 2], chunks: [chunkOf(2, 2), chunkOf(4, 2)], truncated: false },
    ];
    const scores = await scoreChunks(split, undefined, async ({ ids, queries }) =>
      queries.map((query) => pairOf(query === 2 ? -(ids[0] ?? 0) : (ids[0] ?? 0) - 10)),
    );
    const found = scores.map(({ chunk, truncated }) => [chunk?.tokens.start, chunk?.count, truncated]);
    expect(found).toEqual([
      [4, 2, false],
      [0, 1, true],
      [2, 2, false],
    ]);
  });

  it('drops the other chunks when one fails, and throws when they have ended', async () => {
    const ended: number[] = [];
    const failure = scoreChunks(
      splitOf(0, 2, 4),
      new AbortController().signal,
      async ({ ids: [first = 0] }, signal) => {
        if (first === 2) throw new Error('of chunk 2');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ended.push(first);
        return [pairOf(-1)];
      },
    );
    await expect(failure).rejects.toThrow('of chunk 2');
    expect(ended).toEqual([0, 4]);
  });

  it('passes on that the caller has gone', async () => {
    const caller = new AbortController();
    const running = scoreChunks(splitOf(0), caller.signal, async (_, signal) => {
      caller.abort();
      signal.throwIfAborted();
      return [pairOf(-1)];
    });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

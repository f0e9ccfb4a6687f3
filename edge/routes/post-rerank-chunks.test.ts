import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { postRerank, rerank } from '#edge/testing/post-rerank-body.ts';
import { limits } from '#shared/limits.ts';

const query = 'How deep is it?';
/** A token a word for the fake worker: documents of 5 and 1,000. */
const short = '[-2] it is deep indeed';
const long = `[-1] ${'word '.repeat(998)}end`;
const documents = [short, long];

describe('POST /v2/rerank with chunks', () => {
  it('has long documents scored in chunks, and says of each which counted', async () => {
    const { body, calls } = await rerank({ query, documents, chunk_tokens: 300, chunk_overlap: 30 });
    expect(calls.map(({ request }) => [request.chunks, request.max_tokens_per_doc])).toEqual([
      [{ tokens: 300, overlap: 30, count_max: limits.chunksPerDocMax }, limits.chunkedTokensPerDocDefault],
    ]);
    expect(body.results[0]).toMatchObject({
      index: 1,
      chunk: { index: 3, count: 4, tokens: { start: 900, end: 1_000 }, characters: null },
    });
    expect(body.results[1]).toMatchObject({ index: 0 });
    expect(body.results[1]?.chunk).toBeUndefined();
    expect(body.meta.warnings).toBeUndefined();
  });

  it('counts the tokens of all chunks, the query once for each, and each as a document of a search unit', async () => {
    const { body } = await rerank({ query, documents, chunk_tokens: 300 });
    expect(body.usage.total_tokens).toBe(5 + 4 + 1_000 + 4 * 4);
    const many = await rerank({
      query,
      documents: Array.from({ length: 26 }, (_, n) => `${n} ${long}`),
      chunk_tokens: 300,
    });
    expect(many.body.meta.billed_units.search_units).toBe(2);
  });

  it("takes Cohere's max_chunks_per_doc, and says what was cut behind them", async () => {
    const { body, calls } = await rerank({ query, documents, max_chunks_per_doc: 1 }, { path: '/v1/rerank' });
    expect([calls[0]?.request.chunks, calls[0]?.request.max_tokens_per_doc]).toEqual([undefined, 512]);
    expect(body.meta.warnings).toEqual([
      'cut to their first 512 tokens (max_tokens_per_doc): the documents at index 1',
    ]);
    const two = await rerank({ query, documents: [`${long} ${long}`], max_chunks_per_doc: 2 }, { path: '/v1/rerank' });
    expect(two.calls[0]?.request.chunks).toEqual({ tokens: 512, overlap: 64, count_max: 2 });
    expect(two.body.meta.warnings).toEqual([
      'cut to their first 8,192 tokens (max_tokens_per_doc) or 2 chunks (max_chunks_per_doc): the documents at index 0',
    ]);
  });

  it('takes 0 and null for no value, as for other lengths', async () => {
    const { calls } = await rerank({ query, documents, max_chunks_per_doc: 0, chunk_tokens: null });
    expect(calls[0]?.request.chunks).toBeUndefined();
  });

  it('refuses what is longer still where nothing may be cut', async () => {
    const { response, json } = await postRerank({
      query,
      documents,
      max_chunks_per_doc: 3,
      chunk_tokens: 300,
      truncation: false,
    });
    expect(response.status).toBe(400);
    expect(json).toMatchObject({
      message: 'Longer than 131,072 tokens or 3 chunks, and truncation is off: the documents at index 1',
    });
    await rerank({ query, documents, max_chunks_per_doc: 4, chunk_tokens: 300, truncation: false });
  });

  it('keeps scores of other chunks, and of none, apart, and which chunk it was with them', async () => {
    const test = createTestApp();
    const ask = async (changes: object) => {
      const { body, response } = await rerank({ query, documents, ...changes }, { test });
      return { cache: response.headers.get('x-cache'), results: body.results, usage: body.usage };
    };
    const [first, second] = [await ask({ chunk_tokens: 300 }), await ask({ chunk_tokens: 300 })];
    expect(second).toEqual({ ...first, cache: 'HIT' });
    for (const other of [{}, { chunk_tokens: 301 }, { chunk_tokens: 300, chunk_overlap: 0 }, { max_chunks_per_doc: 9 }])
      expect((await ask(other)).cache).toBe('MISS');
  });

  it('splits the documents of pairs too', async () => {
    const body = { text_1: query, text_2: documents, chunk_tokens: 300 };
    const { json, calls } = await postRerank(body, { path: '/v1/score' });
    expect(calls[0]?.request.chunks?.tokens).toBe(300);
    expect(json['usage']).toMatchObject({ total_tokens: 5 + 4 + 1_000 + 4 * 4 });
  });

  it.each([
    [{ chunk_tokens: 63 }, 'chunk_tokens is 63, the least is 64', 'chunk_tokens'],
    [{ chunk_tokens: 8_193 }, 'chunk_tokens is 8,193, the limit is 8,192', 'chunk_tokens'],
    [
      { chunk_tokens: 100, chunk_overlap: 51 },
      'chunk_overlap is 51, the limit is 50, half of chunk_tokens',
      'chunk_overlap',
    ],
    [{ max_chunks_per_doc: 513 }, 'max_chunks_per_doc is 513, the limit is 512', 'max_chunks_per_doc'],
    [
      { max_tokens_per_doc: 8_193 },
      'max_tokens_per_doc is 8,193, the limit is 8,192 for documents in one piece',
      'max_tokens_per_doc',
    ],
    [
      { max_tokens_per_doc: 131_073, max_chunks_per_doc: 9 },
      'max_tokens_per_doc is 131,073, the limit is 131,072',
      'max_tokens_per_doc',
    ],
  ])('refuses %o with field, value and limit', async (changes, message, param) => {
    const { response, json } = await postRerank({ query, documents, ...changes });
    expect(response.status).toBe(400);
    expect(json).toMatchObject({ message, error: { param } });
  });
});

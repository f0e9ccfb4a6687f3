import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import type { Fault } from '#edge/testing/fake-gpu-worker.ts';
import { postRerank, type RerankCallOptions, rerank } from '#edge/testing/post-rerank-body.ts';
import { seedAdapter } from '#edge/testing/seed-database.ts';
import { limits } from '#shared/limits.ts';
import { pairScoreResponseSchema } from '#shared/protocol/pair-score-response.ts';

const query = 'When was it built?';
const texts = ['[-2] b', '[-1] a', '[-3] {1.5} c'];

/** A call that must succeed, with its answer parsed. */
async function score(body: object, options: RerankCallOptions = {}) {
  const { response, json, ...test } = await postRerank(body, { path: '/v1/score', ...options });
  expect({ status: response.status, json }).toMatchObject({ status: 200 });
  return { ...test, response, body: pairScoreResponseSchema.parse(json) };
}

const likelihoods = (body: { data: readonly { mean_log_likelihood: number }[] }) =>
  body.data.map(({ mean_log_likelihood }) => mean_log_likelihood);

describe('POST /v1/score', () => {
  it('scores one query’s documents as a rerank does, in the order of the request', async () => {
    const { body, calls } = await score({ text_1: query, text_2: texts });
    const reranked = await rerank({ query, documents: texts });
    const byIndex = reranked.body.results.toSorted((one, other) => one.index - other.index);
    expect(body.data).toEqual(
      byIndex.map(({ index, relevance_score, mean_log_likelihood }) => ({
        index,
        object: 'score',
        score: relevance_score,
        mean_log_likelihood,
      })),
    );
    expect(body).toMatchObject({ object: 'list', model: 'smollm2-135m-instruct', usage: reranked.body.usage });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['/v1/score', 'text_1', 'text_2'],
    ['/score', 'queries', 'documents'],
    ['/score', 'queries', 'items'],
    ['/v1/score', 'data_1', 'data_2'],
  ])('on %s reads %s and %s, lists or texts', async (path, first, second) => {
    const { body } = await score({ [first]: query, [second]: '[-1.25] a' }, { path });
    expect(likelihoods(body)).toEqual([-1.25]);
    const lists = await score({ [first]: [query], [second]: texts }, { path });
    expect(likelihoods(lists.body)).toEqual([-2, -1, -3]);
  });

  it('scores pairs, each different query once with all its documents', async () => {
    const { body, calls } = await score({ text_1: ['x y', 'z', 'x y'], text_2: texts });
    expect(likelihoods(body)).toEqual([-2, -1, -3]);
    const asked = calls.map(({ request }) => [request.query, request.documents]);
    expect(asked).toEqual([['x y', [texts[0], texts[2]]], ['z', [texts[1]]]]); // biome-ignore format: a table
    // Two words and 2 + 3 words beside two queries of two words, and 2 words beside one of one.
    expect(body.usage.total_tokens).toBe(2 + 3 + 2 * 2 + (2 + 1));
    expect(body.meta.billed_units.search_units).toBe(2);
  });

  it('uses adapters, settings and kept scores as a rerank does', async () => {
    const test = createTestApp();
    const digest = await seedAdapter('acme', 'tickets', 1);
    const body = { model: 'tickets', text_1: query, text_2: texts, scoring: 'likelihood', max_tokens_per_doc: 2 };
    const first = await score(body, { test });
    expect(first.body.model).toBe('tickets@1');
    expect(first.body.data[0]?.score).toBe(Math.exp(-2));
    expect(first.body.meta.warnings).toEqual([
      'cut to their first 2 tokens (max_tokens_per_doc): the documents at index 2',
    ]);
    expect(test.calls[0]?.request).toMatchObject({ adapter: { digest }, max_tokens_per_doc: 2 });
    const raw = await score({ ...body, scoring: null, raw_scores: 'true' }, { test });
    expect(raw.body.data.map(({ score: value }) => value)).toEqual([-2, -1, -3]);
    expect(raw.response.headers.get('x-cache')).toBe('HIT');
    expect(raw.body.meta).toMatchObject({ cached_documents: 3, cached_tokens: raw.body.usage.total_tokens });
    const reranked = await rerank({ query, documents: texts, model: 'tickets', scoring: 'likelihood', max_tokens_per_doc: 2 }, { test }); // biome-ignore format: one call
    expect(reranked.response.headers.get('x-cache')).toBe('HIT');
    expect(test.calls).toHaveLength(1);
  });

  it('names what was cut by its place among all pairs', async () => {
    const cut = { text_1: ['x', 'y', 'z'], text_2: ['[-1] a', '[-1] a', '[-1] a b c'], max_tokens_per_doc: 2 };
    const { body } = await score(cut);
    expect(body.meta.warnings).toEqual(['cut to their first 2 tokens (max_tokens_per_doc): the documents at index 2']);
    const { response, json } = await postRerank({ ...cut, truncation: false }, { path: '/score' });
    expect({ status: response.status, json }).toMatchObject({
      status: 400,
      json: { message: 'Longer than 2 tokens, and truncation is off: the documents at index 2' },
    });
  });

  it('answers nothing in part: the failure of one query is that of all', async () => {
    const fault: Fault = ({ request }) =>
      request.query === 'bad' ? Promise.resolve(new Response('', { status: 500 })) : undefined;
    const { response, json } = await postRerank(
      { text_1: ['good', 'bad', 'fine'], text_2: texts, on_failure: 'partial' },
      { path: '/v1/score', fault },
    );
    expect({ status: response.status, json }).toMatchObject({
      status: 503,
      json: { error: { code: 'no_worker_available' } },
    });
  });

  it.each<[object, string, string]>([
    [{}, 'text_1 is missing; it must be an array; text_2 is missing; it must be an array', 'text_1'],
    [{ queries: 'q' }, 'documents is missing; it must be an array', 'documents'],
    [
      { text_1: [], text_2: [] },
      'text_1 is empty, at least 1 is needed; text_2 is empty, at least 1 is needed',
      'text_1',
    ],
    [{ data_1: 'q', data_2: ['a', ' '] }, 'data_2[1] is empty', 'data_2[1]'],
    [{ text_1: 7, text_2: ['a'] }, 'text_1 is 7; it must be an array', 'text_1'],
    [{ text_1: 'q', text_2: [{ content: [] }] }, 'text_2[0] is an object; it must be a string', 'text_2[0]'],
    [
      { queries: ['a', 'b'], items: texts },
      'queries has 2 items and items 3; queries must have one item, or as many as items',
      'queries',
    ],
    [
      {
        text_1: Array.from({ length: limits.scoredQueriesMax + 1 }, (_, n) => `q${n}`),
        text_2: Array.from({ length: limits.scoredQueriesMax + 1 }, () => 'd'),
      },
      `text_1 has ${limits.scoredQueriesMax + 1} different queries, the limit is ${limits.scoredQueriesMax}`,
      'text_1',
    ],
    [
      { text_1: 'q', text_2: Array.from({ length: limits.documentsPerRequestMax + 1 }, () => 'd') },
      'text_2 has 10,001 items, the limit is 10,000',
      'text_2',
    ],
    [{ text_1: 'q', text_2: 'd', deadline_ms: 0 }, 'deadline_ms is 0, the least is 1', 'deadline_ms'],
  ])('400 that names field, value and limit (%#)', async (body, message, param) => {
    const { response, json, calls } = await postRerank(body, { path: '/v1/score' });
    expect({ status: response.status, json }).toMatchObject({ status: 400, json: { message, error: { param } } });
    expect(calls).toEqual([]);
  });
});

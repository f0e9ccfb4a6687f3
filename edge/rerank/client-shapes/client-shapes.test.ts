import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp, type TestAppOptions } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';

const query = 'which tower';
const texts = ['[-2] b', '[-1] a'];

async function post(path: string, body: object, options: TestAppOptions = {}) {
  const { app, calls } = createTestApp(options);
  const headers = { authorization: await seedKey(), 'content-type': 'application/json' };
  const response = await app.request(path, { method: 'POST', headers, body: JSON.stringify(body) }, { DB: env.DB });
  return { status: response.status, json: await response.json(), calls };
}

describe('Text Embeddings Inference’s shape', () => {
  it('answers a bare array of every text, sorted, although LiteLLM adds top_n', async () => {
    const { json } = await post('/rerank', { query, texts, top_n: 1, truncation_direction: 'Right' });
    expect(json).toEqual([
      { index: 1, score: probabilityOfLogit(0) },
      { index: 0, score: probabilityOfLogit(-1) },
    ]);
  });

  it('returns texts and raw scores where asked', async () => {
    const { json } = await post('/rerank', { query, texts, return_text: true, raw_scores: true });
    expect(json).toEqual([
      { index: 1, score: -1, text: '[-1] a' },
      { index: 0, score: -2, text: '[-2] b' },
    ]);
  });

  it('scores all that the model can read for truncate false, as LiteLLM sends it', async () => {
    const { calls } = await post('/rerank', { query, texts, truncate: false });
    expect(calls[0]?.request.max_tokens_per_doc).toBe(8192);
    const cut = await post('/rerank', { query, texts: ['a b c'], truncate: null, max_tokens_per_doc: 2 });
    expect(cut.status).toBe(200);
  });

  it.each<[object, number, object]>([
    [{ query, texts: [] }, 400, { error: 'texts is empty, at least 1 is needed', error_type: 'Empty' }],
    [{ query, texts: ['a', ''] }, 400, { error: 'texts[1] is empty', error_type: 'Validation' }],
    [
      { query, texts: 'a', truncate: 5 },
      400,
      { error: 'truncate is 5; it must be a boolean', error_type: 'Validation' },
    ],
    [
      { query, texts, truncation_direction: 'Left' },
      400,
      {
        error: 'truncation_direction is "Left"; documents are cut at their end only, so it must be "Right"',
        error_type: 'Validation',
      },
    ],
  ])('refuses %j in its own error body', async (body, status, expected) => {
    expect(await post('/rerank', body)).toMatchObject({ status, json: expected });
  });

  it.each([
    [429, 'overloaded', 'Overloaded'],
    [503, 'not_ready', 'Unhealthy'],
  ])('says a worker’s %d %s as %s', async (status, code, error_type) => {
    const fault = () => Promise.resolve(Response.json({ error: { code, message: 'm', request_id: 'r' } }, { status }));
    const { json } = await post('/rerank', { query, texts }, { fault });
    expect(json).toEqual({ error: expect.any(String), error_type });
  });
});

describe('Voyage’s shape', () => {
  it.each([
    [null, 2],
    [1, 1],
  ])('answers a list under data for top_k %j', async (top_k, count) => {
    const { json } = await post('/v1/rerank', { query, documents: texts, top_k, truncation: true });
    const data = [1, 0].slice(0, count).map((index) => ({ index, relevance_score: probabilityOfLogit(index - 1) }));
    expect(json).toMatchObject({ object: 'list', data, usage: { total_tokens: 8 } });
  });

  it('names its own field in errors', async () => {
    const { json } = await post('/v1/rerank', { query, documents: texts, top_k: -3 });
    expect(json).toMatchObject({ detail: 'top_k is -3, the least is 0' });
  });

  it('leaves a body with top_n to Cohere’s', async () => {
    const { json } = await post('/v1/rerank', { query, documents: texts, top_k: 1, top_n: 2 });
    expect(json).toMatchObject({ results: [{ index: 1 }, { index: 0 }] });
  });
});

describe('Workers AI’s shape', () => {
  it('answers both of its envelopes', async () => {
    const { json } = await post('/rerank', { query, contexts: texts.map((text) => ({ text })), top_k: 1 });
    const response = [{ id: 1, score: probabilityOfLogit(0) }];
    expect(json).toMatchObject({ success: true, result: { response }, response });
  });
});

describe('Mixedbread’s shape', () => {
  it('answers a list under data with its input', async () => {
    const input = [{ title: '[-3] x' }, { title: '[-1] y' }];
    const { json } = await post('/v1/reranking', {
      query,
      input,
      rank_fields: ['title'],
      top_k: 1,
      return_input: true,
    });
    expect(json).toMatchObject({ data: [{ index: 1, score: probabilityOfLogit(0), input: { title: '[-1] y' } }] });
  });
});

describe('the superset error body', () => {
  it('shows its text to Cohere’s, Jina’s, Voyage’s and OpenAI’s readers', async () => {
    const { json } = await post('/v2/rerank', { query });
    const message = 'documents is missing; it must be an array';
    expect(json).toEqual({
      message,
      id: expect.any(String),
      detail: message,
      error: { message, type: 'invalid_request_error', param: 'documents', code: 'invalid_request' },
    });
  });
});

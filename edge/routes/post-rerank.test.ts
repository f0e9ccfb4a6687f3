import { describe, expect, it } from 'vitest';
import { postRerank, type RerankCallOptions, rerank } from '#edge/testing/post-rerank-body.ts';
import { seedAdapter } from '#edge/testing/seed-database.ts';

const query = 'When was the tower built?';
const documents = ['[-2.5] second', '[-0.5] first', '[-4] third'];

async function refusal(body: unknown, options: RerankCallOptions = {}) {
  const { response, json } = await postRerank(body, options);
  const error = json['error'] as { code: string; param: string | null };
  return { status: response.status, message: json['message'], code: error.code, param: error.param };
}

describe('POST /v2/rerank: 200', () => {
  it('orders documents by how likely they make the query', async () => {
    const { body, calls } = await rerank({ query, documents });
    expect(body.results.map(({ index }) => index)).toEqual([1, 0, 2]);
    expect(body.results.map((result) => result.mean_log_likelihood)).toEqual([-0.5, -2.5, -4]);
    expect(body.results[0]?.relevance_score).toBe(1 / (1 + Math.exp(-0.5)));
    expect(body.results.every((result) => result.document === undefined)).toBe(true);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.request).toMatchObject({
      model: 'smollm2-135m-instruct',
      query,
      documents,
      max_tokens_per_doc: 512,
    });
  });

  it('carries what Cohere’s, Jina’s, vLLM’s and LiteLLM’s readers need', async () => {
    const { body, response } = await rerank({ query, documents });
    expect(body).toMatchObject({
      id: response.headers.get('x-request-id'),
      object: 'list',
      model: 'smollm2-135m-instruct',
      usage: { prompt_tokens: 21, total_tokens: 21 },
      meta: {
        api_version: { version: '2' },
        billed_units: { search_units: 1, total_tokens: 21 },
        tokens: { input_tokens: 21, output_tokens: 0 },
      },
    });
    expect(body.meta.warnings).toBeUndefined();
  });

  it('bills a search unit for each hundred documents begun', async () => {
    const { body } = await rerank({ query, documents: Array.from({ length: 101 }, (_, index) => `text ${index}`) });
    expect(body.meta.billed_units.search_units).toBe(2);
  });

  it('keeps the order of the request where scores are equal', async () => {
    const { body } = await rerank({ query, documents: ['same', 'same', '[-1] better', 'same'] });
    expect(body.results.map(({ index }) => index)).toEqual([2, 0, 1, 3]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [0, 3],
    [null, 3],
    [99, 3],
  ])('top_n %j returns %d results', async (top_n, expected) => {
    const { body } = await rerank({ query, documents, top_n });
    expect(body.results).toHaveLength(expected);
  });

  it('gives the mean log-likelihood as the score where raw scores are asked for', async () => {
    const { body } = await rerank({ query, documents, raw_scores: true });
    expect(body.results.map((result) => result.relevance_score)).toEqual([-0.5, -2.5, -4]);
  });

  it.each([true, 'true', 'True'])('echoes documents for return_documents %j', async (return_documents) => {
    const { body } = await rerank({ query, documents, return_documents, return_len: 'true' });
    expect(body.results[0]?.document).toEqual({ text: '[-0.5] first' });
  });

  it('echoes no document for return_documents "false"', async () => {
    const { body } = await rerank({ query, documents, return_documents: 'false' });
    expect(body.results[0]?.document).toBeUndefined();
  });

  it('scores the text of object documents and keeps their other fields', async () => {
    const { body, calls } = await rerank({
      query,
      documents: [{ text: '[-1] a', id: 7 }, 'plain'],
      return_documents: true,
    });
    expect(calls[0]?.request.documents).toEqual(['[-1] a', 'plain']);
    expect(body.results[0]?.document).toEqual({ text: '[-1] a', id: 7 });
  });

  it('scores the rank fields of object documents, in their order', async () => {
    const object = { title: 'T', body: 'B', text: 'ignored', year: 1889, none: null };
    const { calls } = await rerank({ query, documents: [object], rank_fields: ['body', 'year', 'none', 'title'] });
    expect(calls[0]?.request.documents).toEqual(['body: B\nyear: 1889\ntitle: T']);
  });

  it('ignores fields it does not know, takes null for absent, and a lone document for a list', async () => {
    const body = {
      query,
      documents: 'only',
      max_search_tokens: 3,
      max_chunks_per_doc: null,
      model: null,
      deadline_ms: null,
      max_tokens_per_doc: 0,
    };
    const result = await rerank(body);
    expect(result.body.results).toHaveLength(1);
    expect(result.calls[0]?.request.max_tokens_per_doc).toBe(512);
  });

  it('tells the workers of a priority, and takes no number for one that is none', async () => {
    const { calls } = await rerank({ query, documents: 'only', priority: 3 });
    expect(calls[0]?.request.priority).toBe(3);
    const plain = await rerank({ query, documents: 'only' });
    expect(plain.calls[0]?.request).not.toHaveProperty('priority');
    const wrong = await postRerank({ query, documents: 'only', priority: 1.5 });
    expect(wrong.response.status).toBe(400);
  });

  it('warns which documents were cut', async () => {
    const { body } = await rerank({
      query,
      documents: ['one', 'one two three', 'one two', 'a b c d'],
      max_tokens_per_doc: 2,
    });
    expect(body.meta.warnings).toEqual([
      'cut to their first 2 tokens (max_tokens_per_doc): the documents at index 1, 3',
    ]);
  });

  it('scores with the newest version of the tenant’s adapter, or the one that is named', async () => {
    await seedAdapter('t1', 'tickets', 1);
    const second = await seedAdapter('t1', 'tickets', 2);
    const newest = await rerank({ query, documents, model: 'tickets' }, { tenantId: 't1' });
    expect(newest.body.model).toBe('tickets@2');
    expect(newest.calls[0]?.request.adapter).toEqual({ digest: second, name: 'tickets@2' });
    const first = await rerank({ query, documents, model: 'tickets@1' }, { tenantId: 't1' });
    expect(first.body.model).toBe('tickets@1');
    expect(first.calls[0]?.request.adapter?.digest).not.toBe(second);
  });

  it('echoes a sane request id, passes it on, and replaces any other', async () => {
    const sane = await rerank({ query, documents }, { headers: { 'x-request-id': 'abc-123_x' } });
    expect(sane.response.headers.get('x-request-id')).toBe('abc-123_x');
    expect(sane.calls[0]?.requestId).toBe('abc-123_x');
    const insane = await rerank({ query, documents }, { headers: { 'x-request-id': 'a b"c' } });
    expect(insane.response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('passes the caller’s trace on to the worker, and none that is malformed', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = await rerank({ query, documents }, { headers: { traceparent, tracestate: 'vendor=a' } });
    expect(traced.calls[0]).toMatchObject({ traceparent, tracestate: 'vendor=a' });
    const malformed = await rerank({ query, documents }, { headers: { traceparent: '00-1-2-3', tracestate: 'v=a' } });
    expect(malformed.calls[0]).toMatchObject({ traceparent: undefined, tracestate: undefined });
  });

  it('says how long it took', async () => {
    const { response } = await rerank({ query, documents });
    expect(response.headers.get('server-timing')).toBe(
      'worker;dur=12.5, worker-queue;dur=1.0, worker-tokenize;dur=0.5, worker-prefix;dur=6.0;desc="1 of 2 kept", ' +
        'worker-hints;dur=0.0, worker-suffix;dur=5.0, total;dur=0.0',
    );
  });

  it('gives the worker no more time than the caller gives', async () => {
    const { calls, clock } = await rerank({ query, documents, deadline_ms: 1500 });
    expect(calls[0]?.request.deadline_at_ms).toBe(clock.nowMs + 1500);
  });
});

describe('POST /v2/rerank: 400', () => {
  const tooMany = Array.from({ length: 10_001 }, () => 'x');
  it.each<[string, object, string]>([
    ['documents', { query }, 'documents is missing; it must be an array'],
    ['documents', { query, documents: [] }, 'documents is empty, at least 1 is needed'],
    ['documents', { query, documents: tooMany }, 'documents has 10,001 items, the limit is 10,000'],
    ['documents[1]', { query, documents: ['a', ''] }, 'documents[1] is empty'],
    ['documents[1]', { query, documents: ['a', ' \n'] }, 'documents[1] is empty'],
    ['documents[1]', { query, documents: ['a', 5] }, 'documents[1] is 5; it must be a string or an object'],
    ['documents[0]', { query, documents: [null] }, 'documents[0] is null; it must be a string or an object'],
    [
      'documents[0]',
      { query, documents: [{ title: 'x' }] },
      'documents[0] has none of the fields "text"; name the fields to read in rank_fields',
    ],
    [
      'documents[0]',
      { query, documents: ['x'.repeat(400_001)] },
      'documents[0] has 400,001 characters, the limit is 400,000',
    ],
    [
      'documents[1]',
      { query, documents: ['a', 'x'.repeat(5_000_000)] },
      'documents[1] has 5,000,000 characters, the limit is 400,000',
    ],
    ['query', { documents }, 'query is missing; it must be a string'],
    ['query', { query: '', documents }, 'query is empty'],
    ['query', { query: '  ', documents }, 'query is empty'],
    ['query', { query: 'a\u0000b', documents }, 'query holds a NUL character or half a surrogate pair'],
    [
      'documents[1]',
      { query, documents: ['a', { text: '\udc00b' }] },
      'documents[1] holds a NUL character or half a surrogate pair',
    ],
    ['query', { query: ['secret'], documents }, 'query is an array; it must be a string'],
    ['query', { query: 'x'.repeat(16_001), documents }, 'query has 16,001 characters, the limit is 16,000'],
    ['top_n', { query, documents, top_n: -1 }, 'top_n is -1, the least is 0'],
    ['top_n', { query, documents, top_n: 1.5 }, 'top_n is 1.5; it must be a whole number'],
    ['top_n', { query, documents, top_n: 'many' }, 'top_n is "many"; it must be a number'],
    [
      'return_documents',
      { query, documents, return_documents: 'maybe' },
      'return_documents is "maybe"; it must be a boolean',
    ],
    [
      'max_tokens_per_doc',
      { query, documents, max_tokens_per_doc: 8193 },
      'max_tokens_per_doc is 8,193, the limit is 8,192 for documents in one piece',
    ],
    ['deadline_ms', { query, documents, deadline_ms: 400_000 }, 'deadline_ms is 400,000, the limit is 300,000'],
    ['rank_fields[0]', { query, documents, rank_fields: [3] }, 'rank_fields[0] is 3; it must be a string'],
    ['scoring', { query, documents, scoring: 'bm25' }, 'scoring is "bm25"; it must be one of "blended", "likelihood"'],
    ['model', { query, documents, model: 7 }, 'model is 7; it must be a string'],
  ])('names %s, its value and the limit (%#)', async (param, body, message) => {
    expect(await refusal(body)).toEqual({ status: 400, code: 'invalid_request', message, param });
  });

  it('names three problems and counts the rest', async () => {
    const { message } = await refusal({ documents: [1, 2, 3, 4], top_n: -1 });
    expect(message).toBe(
      'query is missing; it must be a string; documents[0] is 1; it must be a string or an object; documents[1] is 2; it must be a string or an object; and 3 more',
    );
  });

  it('refuses to cut a document where the caller forbade it', async () => {
    const { message } = await refusal({ query, documents: ['a', 'a b c'], truncation: false, max_tokens_per_doc: 2 });
    expect(message).toBe('Longer than 2 tokens, and truncation is off: the documents at index 1');
  });

  it.each([
    ['[]', 'invalid_request', 'The request body is an array; it must be a JSON object'],
    ['"text"', 'invalid_request', 'The request body is a string; it must be a JSON object'],
    ['null', 'invalid_request', 'The request body is null; it must be a JSON object'],
    ['', 'invalid_json', 'The request body is empty; it must be a JSON object.'],
  ])('refuses the body %j', async (body, code, message) => {
    expect(await refusal(body)).toMatchObject({ status: 400, code, message });
  });

  it('refuses a body that is not UTF-8 rather than scoring garbled text', async () => {
    const body = new Uint8Array([...new TextEncoder().encode('{"query":"q","documents":["'), 0xff, 0x22, 0x5d, 0x7d]);
    expect(await refusal(body)).toMatchObject({
      status: 400,
      code: 'invalid_json',
      message: 'The request body (31 bytes) is not valid UTF-8.',
    });
  });

  it('refuses broken JSON without quoting it', async () => {
    const { status, code, message } = await refusal('{"query": "a secret", oops');
    expect({ status, code }).toEqual({ status: 400, code: 'invalid_json' });
    expect(message).toMatch(/^The request body \(26 bytes\) is not valid JSON/);
    expect(message).not.toMatch(/secret|oops/);
  });
});

describe('POST /v2/rerank: 404', () => {
  it('lists the models that the tenant has, and no other tenant’s', async () => {
    await seedAdapter('mine', 'tickets', 1);
    await seedAdapter('theirs', 'hidden', 1);
    for (const model of ['hidden', 'hidden@1', 'tickets@9', 'tickets@x', 'rerank-v3.5']) {
      expect(await refusal({ query, documents, model }, { tenantId: 'mine' })).toEqual({
        status: 404,
        code: 'model_not_found',
        message: `There is no model "${model}" for this API key; there is smollm2-135m-instruct, tickets (@1).`,
        param: 'model',
      });
    }
  });
});

describe('POST /v2/rerank: 415', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])('refuses %s', async (type) => {
    expect(await refusal({ query, documents }, { headers: { 'content-type': type } })).toMatchObject({
      status: 415,
      message: `The content type is "${type}"; it must be application/json.`,
    });
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/vnd.api+json'])(
    'takes %s',
    async (type) => {
      await rerank({ query, documents }, { headers: { 'content-type': type } });
    },
  );
});

describe('POST /v2/rerank: 500', () => {
  it('hides what went wrong, and logs it under the request id without texts', async () => {
    const fault = () => Promise.resolve(Response.json({ scores: 'nonsense' }));
    const { logs, response } = await postRerank({ query, documents }, { fault });
    expect(response.status).toBe(503);
    expect(JSON.stringify(logs)).not.toMatch(/tower|second|hr_/);

    const findApiKey = () => Promise.reject(new Error('secret detail'));
    const broken = await postRerank({ query, documents }, { dependencies: { findApiKey } });
    expect(broken.response.status).toBe(500);
    expect(broken.json['message']).toBe('The service failed to answer; the request id identifies the fault.');
    expect(JSON.stringify(broken.json)).not.toContain('secret detail');
    const requestId = broken.response.headers.get('x-request-id');
    expect(broken.logs).toContainEqual(
      expect.objectContaining({
        level: 'error',
        event: 'request',
        code: 'internal',
        requestId,
        message: 'secret detail',
      }),
    );
  });
});

import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { seedKey } from '#edge/testing/seed-database.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';

const query = 'which tower';
const documents = ['[-2] b', '[-3] c', '[-1] a'];
const model = 'bge-reranker-v2-m3';
const [a, b, c] = [probabilityOfLogit(0), probabilityOfLogit(-1), probabilityOfLogit(-2)];

/** Best first, as Cohere’s readers have it. */
const results = [
  { index: 2, relevance_score: a },
  { index: 0, relevance_score: b },
  { index: 1, relevance_score: c },
];
const echoed = results.map((result) => ({ ...result, document: { text: documents[result.index] } }));

interface RecordedCall {
  readonly client: string;
  /** What the client makes of the base URL that its users type. */
  readonly path: string;
  /** As the client sends it, field by field. */
  readonly body: object;
  /** Every field of the answer that the client reads. */
  readonly read: object;
  /** The header around the key; default `Bearer KEY`. */
  readonly authorization?: (key: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
}

const tokens = expect.any(Number);

const recordedCalls: RecordedCall[] = [
  {
    client: 'Dify, OpenAI-API-compatible',
    path: '/v1/rerank',
    body: { model, query, documents, top_n: null, return_documents: true },
    read: { results: echoed },
  },
  {
    client: 'Dify with a number of results',
    path: '/v1/rerank',
    body: { model, query, documents, top_n: 2, return_documents: true },
    read: { results: echoed.slice(0, 2) },
  },
  {
    client: 'Open WebUI, external',
    path: '/v1/rerank',
    headers: { 'x-openwebui-user-name': 'Ada', 'x-openwebui-user-role': 'admin' },
    body: { model, query, documents, top_n: documents.length },
    read: { results },
  },
  {
    client: 'LiteLLM, cohere/',
    path: '/v1/rerank',
    body: { model, query, documents, top_n: 3, return_documents: true, max_chunks_per_doc: 10 },
    read: {
      id: expect.any(String),
      results: echoed,
      meta: { api_version: { version: '2' }, billed_units: { search_units: 1 }, tokens: { input_tokens: tokens } },
    },
  },
  {
    client: 'LiteLLM, hosted_vllm/',
    path: '/rerank',
    body: {
      ...{ model, query, documents, return_documents: true, instruction: 'Find the tower' },
      ...{ max_tokens_per_doc: 256, truncate_prompt_tokens: 512, truncation_side: 'right', max_tokens_per_query: 64 },
    },
    read: {
      id: expect.any(String),
      results: echoed,
      meta: { billed_units: { total_tokens: tokens }, tokens: { input_tokens: tokens } },
      usage: { total_tokens: tokens },
    },
  },
  {
    client: 'LiteLLM, huggingface/',
    path: '/rerank',
    body: {
      ...{ raw_scores: false, truncate: false, truncation_direction: 'Right' },
      ...{ query, texts: documents, top_n: 2, return_text: true },
    },
    read: results.map(({ index, relevance_score: score }) => ({ index, score, text: documents[index] })),
  },
  {
    client: 'RAGFlow, OpenAI-API-Compatible and LocalAI',
    path: '/rerank',
    body: { model, query, documents, top_n: documents.length },
    read: { results },
  },
  {
    client: 'RAGFlow, Jina',
    path: '/v1/rerank',
    body: { model, query, documents, top_n: documents.length },
    read: { results, usage: { total_tokens: tokens } },
  },
  {
    client: 'RAGFlow, Xinference',
    path: '/v1/rerank',
    body: { model, query, return_documents: 'true', return_len: 'true', documents },
    read: { results: echoed, meta: { tokens: { input_tokens: tokens, output_tokens: 0 } } },
  },
  {
    client: 'LlamaIndex for Python, TEI',
    path: '/rerank',
    authorization: (key) => key,
    body: { query, texts: documents },
    read: results.map(({ index, relevance_score: score }) => ({ index, score })),
  },
  {
    client: 'Text Embeddings Inference’s own example',
    path: '/rerank',
    body: { query, texts: documents, raw_scores: false, return_text: false, truncate: true },
    read: results.map(({ index, relevance_score: score }) => ({ index, score })),
  },
  ...['/rerank', '/v1/rerank', '/v2/rerank'].map((path) => ({
    client: `a vLLM client on ${path}`,
    path,
    body: { model, query, documents, top_n: 0, max_tokens_per_query: 0, max_tokens_per_doc: 0, priority: 0 },
    read: { id: expect.any(String), model: 'smollm2-135m-instruct', usage: { prompt_tokens: tokens }, results },
  })),
];

async function post(path: string, body: object, headers: Readonly<Record<string, string>>) {
  const modelAliases = new Map([[model, 'smollm2-135m-instruct']]);
  const { app } = createTestApp({ environment: { modelAliases } });
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const response = await app.request(path, { ...init, body: JSON.stringify(body) }, { DB: env.DB });
  return { status: response.status, json: await response.json() };
}

describe('a client’s recorded request', () => {
  it.each(recordedCalls)('of $client is answered with what it reads', async (call) => {
    const { path, body, read, headers = {}, authorization = (key) => `Bearer ${key}` } = call;
    const answer = await post(path, body, { ...headers, authorization: authorization(await seedKey()) });
    expect(answer).toMatchObject({ status: 200, json: read });
  });

  it.each(['Bearer None', 'Bearer undefined', 'Bearer ', ''])(
    'with no key set, sent as %j, is refused with a message for every reader',
    async (authorization) => {
      const { status, json } = await post('/v1/rerank', { model, query, documents }, { authorization });
      const message = expect.stringContaining('API key');
      expect({ status, json }).toMatchObject({ status: 401, json: { message, detail: message, error: { message } } });
    },
  );
});

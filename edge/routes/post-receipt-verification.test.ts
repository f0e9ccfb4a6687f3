import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import type { Fault } from '#edge/testing/fake-gpu-worker.ts';
import { postRerank, rerank } from '#edge/testing/post-rerank-body.ts';
import { seedAdapter } from '#edge/testing/seed-database.ts';
import { testPepper } from '#edge/testing/test-secrets.ts';
import type { Peppers } from '#shared/api-keys/parse-peppers.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';
import type { Receipt } from '#shared/protocol/receipt.ts';

const query = 'When was it built?';
const texts = ['[-2] secret words', '[-1] {0.5} more of them'];

async function receiptOf(body: object = {}, options: Parameters<typeof rerank>[1] = {}): Promise<Receipt> {
  const { receipt } = (await rerank({ query, documents: texts, receipt: true, ...body }, options)).body;
  if (receipt === undefined) throw new Error('there is no receipt');
  return receipt;
}

const verify = async (body: object, options: Parameters<typeof rerank>[1] = {}) =>
  (await postRerank(body, { path: '/v1/receipts/verify', tenantId: 'auditor', ...options })).json;

describe('a receipt', () => {
  it('names all that the scores came from, and no text', async () => {
    const receipt = await receiptOf({ max_tokens_per_doc: 7 });
    expect(receipt).toMatchObject({
      format: 'hintrank-receipt-1',
      version: '0.0.0',
      model: 'smollm2-135m-instruct',
      model_fingerprint: 'a'.repeat(64),
      tokenizer_fingerprint: 'b'.repeat(64),
      precision: 'int8',
      scoring_fingerprint: 'fake scoring',
      adapter: null,
      template: 'clean-1',
      scoring: 'blended',
      fusion: null,
      limits: { max_tokens_per_doc: 7 },
      query: { tokens: 4, log_likelihood: -3 },
    });
    const all = JSON.stringify(receipt);
    for (const text of ['secret', 'When', 'acme', testPepper]) expect(all).not.toContain(text);
  });

  it('is enough to have every relevance score again', async () => {
    const { body } = await rerank({ query, documents: texts, receipt: true });
    const { calibration, documents, query: asked, results } = body.receipt ?? {};
    const {
      intercept = 0,
      mean_log_likelihood = 0,
      query_log_likelihood = 0,
      lexical_match = 0,
    } = calibration?.constants ?? {};
    const constants = { intercept, meanLogLikelihood: mean_log_likelihood, queryLogLikelihood: query_log_likelihood, lexicalMatch: lexical_match }; // biome-ignore format: names
    for (const { index, relevance_score } of body.results) {
      const document = documents?.[index];
      const features = {
        meanLogLikelihood: document?.mean_log_likelihood ?? Number.NaN,
        queryLogLikelihood: asked?.log_likelihood ?? Number.NaN,
        lexicalMatch: document?.lexical_match ?? Number.NaN,
      };
      expect(probabilityOfLogit(blendedLogit(features, { constants }))).toBe(relevance_score);
    }
    expect(results).toEqual(body.results.map(({ index, relevance_score }) => ({ index, relevance_score })));
  });

  it('is the same for kept scores, but for time and request', async () => {
    const test = createTestApp();
    const [first, second] = [await receiptOf({}, { test }), await receiptOf({}, { test })];
    expect(test.calls).toHaveLength(1);
    const { request_id: _one, signature: _two, ...rest } = second;
    expect(first).toMatchObject(rest);
  });

  it('names the adapter with its version and digest, and the fusion with first-stage scores', async () => {
    const digest = await seedAdapter('acme', 'tickets', 1);
    const documents = texts.map((text, score) => ({ text, score }));
    const receipt = await receiptOf({ model: 'tickets', documents, fusion: 'interpolate', top_n: 1 });
    expect(receipt).toMatchObject({
      adapter: { id: 'tickets@1', sha256: digest },
      fusion: { method: 'interpolate', weight: 0.5, k: 60 },
      documents: [{ first_stage_score: 0 }, { first_stage_score: 1 }],
      results: [{ index: 1 }],
    });
  });

  it('is left out, with a warning, where no worker says what it is, or only one that scores otherwise', async () => {
    const unnamed = { model: 'm', template: 't', query_tokens: 4, compute_ms: 1 };
    const scores = texts.map(() => ({ mean_log_likelihood: -1, document_tokens: 2, truncated: false }));
    for (const extra of [{}, { scoring_fingerprint: 'another' }]) {
      const fault: Fault = () => Promise.resolve(Response.json({ ...unnamed, scores, ...extra }));
      const { body } = await rerank({ query, documents: texts, scoring: 'likelihood', receipt: true }, { fault });
      expect(body.receipt).toBeUndefined();
      expect(body.meta.warnings).toEqual(['no receipt: no worker could be asked what the scores came from']);
    }
  });
});

describe('POST /v1/receipts/verify', () => {
  it('knows a receipt of this deployment again, whatever the order of its keys', async () => {
    const receipt = await receiptOf();
    const valid = { object: 'receipt_verification', valid: true };
    expect(await verify({ receipt })).toEqual(valid);
    expect(await verify({ receipt: Object.fromEntries(Object.entries(receipt).reverse()) })).toEqual(valid);
  });

  it('says whether the query and each document are the ones', async () => {
    const receipt = await receiptOf();
    expect(await verify({ receipt, query, documents: texts })).toMatchObject({
      valid: true,
      query_matches: true,
      mismatched_documents: [],
    });
    expect(await verify({ receipt, query: 'other', documents: ['x', texts[1], 'too many'] })).toMatchObject({
      valid: true,
      query_matches: false,
      mismatched_documents: [0, 2],
    });
  });

  it.each<[string, (receipt: Receipt) => object]>([
    [
      'a changed score',
      (receipt) => ({ ...receipt, results: receipt.results.map((one) => ({ ...one, relevance_score: 0.99 })) }),
    ],
    ['an added field', (receipt) => ({ ...receipt, note: 'approved' })],
    ['a field that is missing', ({ precision: _, ...rest }) => rest],
    ['another signature', (receipt) => ({ ...receipt, signature: '0'.repeat(64) })],
    ['a signature that is no text', (receipt) => ({ ...receipt, signature: 5 })],
    ['no signature', ({ signature: _, ...rest }) => rest],
    ['nothing at all', () => ({})],
  ])('does not know %s, and then says nothing of texts', async (_name, change) => {
    const receipt = await receiptOf();
    expect(await verify({ receipt: change(receipt), query, documents: texts })).toEqual({
      object: 'receipt_verification',
      valid: false,
    });
  });

  it('does not know one of a deployment with another pepper, unless it knows that one too', async () => {
    const receipt = await receiptOf();
    const test = createTestApp();
    const { environment } = test.dependencies;
    const { findApiKey } = test.dependencies;
    const withPeppers = (apiKeyPeppers: Peppers) => {
      const other = { ...test.dependencies, environment: { ...environment, apiKeyPeppers } };
      return createTestApp({ dependencies: { ...other, findApiKey } });
    };
    const current = 'p'.repeat(32);
    const elsewhere = withPeppers({ current, others: [] });
    expect(await verify({ receipt }, { test: elsewhere })).toMatchObject({ valid: false });
    const rotating = withPeppers({ current, others: [testPepper] });
    expect(await verify({ receipt }, { test: rotating })).toMatchObject({ valid: true });
  });

  it.each<[object, string]>([
    [{}, 'receipt is missing; it must be a record'],
    [{ receipt: 'x' }, 'receipt is "x"; it must be a record'],
    [{ receipt: {}, documents: [1] }, 'documents[0] is 1; it must be a string'],
    [{ receipt: {}, text: 'x' }, 'text is not known here; leave it out'],
  ])('400 for %j', async (body, message) => {
    const { response, json } = await postRerank(body, { path: '/v1/receipts/verify' });
    expect({ status: response.status, json }).toMatchObject({ status: 400, json: { message } });
  });
});

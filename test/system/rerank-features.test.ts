import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSample, type Sample } from '#infra/local/sample/read-sample.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';
import { pairScoreResponseSchema } from '#shared/protocol/pair-score-response.ts';
import { receiptVerificationSchema } from '#shared/protocol/receipt-verification.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import {
  createTemporaryState,
  type LocalSystem,
  startLocalSystem,
  type TemporaryState,
} from '#test/support/start-local-system.ts';

let state: TemporaryState;
let system: LocalSystem;
let sample: Sample;
let documents: string[];

beforeAll(async () => {
  state = await createTemporaryState();
  system = await startLocalSystem(state.folder);
  sample = await readSample();
  documents = sample.passages.slice(0, 5).map(({ text }) => text);
});
afterAll(async () => {
  await system.stop();
  await state.remove();
});

async function post(path: string, body: object): Promise<unknown> {
  const headers = { Authorization: `Bearer ${system.apiKey}`, 'Content-Type': 'application/json' };
  const response = await fetch(system.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const json = await response.json();
  expect({ status: response.status, json }).toMatchObject({ status: 200 });
  return json;
}

const rerank = async (body: object = {}) =>
  rerankResponseSchema.parse(await post('/v2/rerank', { query: sample.question, documents, ...body }));

describe('an explanation', () => {
  it.each([undefined, 'squad-sample'])(
    'is of the very score that is answered without it, with model %s',
    async (model) => {
      const plain = await rerank({ model });
      const explained = await rerank({ model, explain: true });
      expect(explained.meta.warnings).toEqual(plain.meta.warnings);
      expect(explained.results.map(({ explanation: _, ...result }) => result)).toEqual(plain.results);
      for (const { explanation, mean_log_likelihood, index } of explained.results) {
        const { tokens = [], hints } = explanation ?? {};
        expect(tokens.reduce((sum, token) => sum + token.log_likelihood, 0) / tokens.length).toBe(mean_log_likelihood);
        const spans = tokens.map(({ start, end }) => sample.question.slice(start ?? 0, end ?? 0));
        expect(spans.join('')).toBe(sample.question);
        expect(hints === undefined).toBe(model === undefined);
        for (const { text, start, end } of hints?.tokens ?? [])
          expect(documents[index]?.slice(start ?? 0, end ?? 0).trim()).toBe(text.trim());
      }
      const likelihoodWithout = explained.results[0]?.explanation?.tokens.map(
        (token) => token.log_likelihood_without_document,
      );
      expect(explained.results[1]?.explanation?.tokens.map((token) => token.log_likelihood_without_document)).toEqual(
        likelihoodWithout,
      );
    },
  );
});

describe('a receipt', () => {
  it('is valid, is of these texts, and gives every score again', async () => {
    const { receipt, results } = await rerank({ receipt: true, model: 'squad-sample' });
    const verified = await post('/v1/receipts/verify', { receipt, query: sample.question, documents });
    expect(receiptVerificationSchema.parse(verified)).toMatchObject({
      valid: true,
      query_matches: true,
      mismatched_documents: [],
    });
    const changed = { ...receipt, results: receipt?.results.toReversed() };
    expect(await post('/v1/receipts/verify', { receipt: changed })).toMatchObject({ valid: false });
    const constants = receipt?.calibration?.constants ?? {};
    for (const { index, relevance_score } of results) {
      const document = receipt?.documents[index];
      const features = {
        meanLogLikelihood: document?.mean_log_likelihood ?? Number.NaN,
        queryLogLikelihood: receipt?.query.log_likelihood ?? Number.NaN,
        lexicalMatch: document?.lexical_match ?? Number.NaN,
      };
      const named = {
        intercept: constants['intercept'] ?? Number.NaN,
        meanLogLikelihood: constants['mean_log_likelihood'] ?? Number.NaN,
        queryLogLikelihood: constants['query_log_likelihood'] ?? Number.NaN,
        lexicalMatch: constants['lexical_match'] ?? Number.NaN,
      };
      // Two versions of V8 may differ in exp's last bit.
      expect(probabilityOfLogit(blendedLogit(features, { constants: named }))).toBeCloseTo(relevance_score, 14);
    }
  });
});

describe('fusion and scores of pairs', () => {
  it('put the first stage’s favourite first where it has all the weight', async () => {
    const scored = documents.map((text, index) => ({ text, score: index }));
    const { results } = await rerank({ documents: scored, fusion: { method: 'interpolate', weight: 1 } });
    expect(results.map(({ index }) => index)).toEqual(documents.map((_, index) => index).reverse());
    const plain = await rerank();
    for (const { index, unfused_score } of results)
      expect(unfused_score).toBe(plain.results.find((result) => result.index === index)?.relevance_score);
  });

  it('are those of a rerank, pair by pair', async () => {
    const plain = await rerank();
    const { data } = pairScoreResponseSchema.parse(
      await post('/v1/score', { text_1: documents.map(() => sample.question), text_2: documents }),
    );
    for (const { index, relevance_score, mean_log_likelihood } of plain.results)
      expect(data[index]).toMatchObject({ score: relevance_score, mean_log_likelihood });
  });
});

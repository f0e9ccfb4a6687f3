import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { base64url } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adapterBucket, s3Path } from '#infra/local/edge/local-object-store.ts';
import { readSample, readSampleAdapter, type Sample } from '#infra/local/sample/read-sample.ts';
import { readOrCreateSecrets } from '#infra/local/state/local-secrets.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';
import { errorBodySchema } from '#shared/protocol/error-body.ts';
import { rerankResponseSchema } from '#shared/protocol/rerank-response.ts';
import { scoreResponseSchema, workerInfoSchema } from '#shared/protocol/score.ts';
import { workerErrorSchema } from '#shared/protocol/worker-error.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';
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
  documents = sample.passages.map((passage) => passage.text);
});
afterAll(async () => {
  await system.stop();
  await state.remove();
});

async function rerank(path: string, body: object = {}, headers: Record<string, string> = {}) {
  const response = await fetch(system.url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${system.apiKey}`, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ query: sample.question, documents, ...body }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** A call to the worker as the edge makes it, or with another signing time. */
async function callWorker(method: string, path: string, body?: object, nowMs = Date.now()): Promise<Response> {
  const bytes = new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body));
  const token = await signCall({ key: base64url.decode(system.signingKey), method, path, body: bytes, nowMs });
  const init = { method, headers: { Authorization: `Bearer ${token}` } };
  return fetch(`${system.workers[0]}${path}`, body === undefined ? init : { ...init, body: bytes });
}

const scoreCall = (changes: object = {}) => ({
  model: 'smollm2-135m-instruct',
  query: sample.question,
  documents,
  deadline_at_ms: Date.now() + 60_000,
  ...changes,
});

async function errorCode(response: Response): Promise<string> {
  return workerErrorSchema.parse(await response.json()).error.code;
}

describe('a long document', () => {
  it('has the score of its best chunk, which is that of this text as a document of its own', async () => {
    const answering = sample.passages.find(({ id }) => id === sample.answering_passage_id)?.text ?? '';
    const others = documents.filter((text) => text !== answering);
    const long = [...others.slice(0, 2), answering, ...others.slice(2, 4)].join(' ');
    const chunked = await rerank('/v2/rerank', { documents: [long], chunk_tokens: 200, chunk_overlap: 20 });
    const { results, usage } = rerankResponseSchema.parse(chunked.body);
    const { chunk, ...best } = results[0] ?? {};
    expect(chunk?.count).toBeGreaterThan(2);
    expect(usage.total_tokens).toBeGreaterThan(chunk?.tokens.end ?? 0);
    const text = long.slice(chunk?.characters?.start, chunk?.characters?.end);
    expect(answering).toContain(text.slice(-60));
    const alone = await rerank('/v2/rerank', { documents: [text.replace(/^ /, '')], max_tokens_per_doc: 200 });
    expect(rerankResponseSchema.parse(alone.body).results).toEqual([best]);
  });
});

describe('a reranked question', () => {
  it.each(['/v2/rerank', '/v1/rerank', '/rerank'])('has the answering passage first on %s', async (path) => {
    const { status, body } = await rerank(path);
    expect(status).toBe(200);
    const { results, model } = rerankResponseSchema.parse(body);
    expect(model).toBe('smollm2-135m-instruct');
    expect(sample.passages[results[0]?.index ?? -1]?.id).toBe(sample.answering_passage_id);
    expect(results.map((result) => result.index).sort((a, b) => a - b)).toEqual(documents.map((_, index) => index));
    const scores = results.map((result) => result.relevance_score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('is scored by the adapter that it names, loaded from S3', async () => {
    const base = rerankResponseSchema.parse((await rerank('/v2/rerank')).body);
    const adapted = rerankResponseSchema.parse((await rerank('/v2/rerank', { model: 'squad-sample' })).body);
    expect(adapted.model).toBe('squad-sample@1');
    expect(sample.passages[adapted.results[0]?.index ?? -1]?.id).toBe(sample.answering_passage_id);
    expect(adapted.results[0]?.mean_log_likelihood).not.toBe(base.results[0]?.mean_log_likelihood);
    const info = workerInfoSchema.parse(await (await callWorker('GET', '/info')).json());
    expect(info.adapters_loaded).toEqual([(await readSampleAdapter()).digest]);
  });

  it('has the scores that the worker computed', async () => {
    const { results } = rerankResponseSchema.parse((await rerank('/v2/rerank')).body);
    const { scores } = scoreResponseSchema.parse(await (await callWorker('POST', '/v1/score', scoreCall())).json());
    for (const result of results) {
      expect(result.mean_log_likelihood).toBe(scores[result.index]?.mean_log_likelihood);
    }
  });

  it('has the same bits from the cache as when it is computed anew, with and without an adapter', async () => {
    for (const body of [{}, { model: 'squad-sample' }]) {
      await rerank('/v2/rerank', body);
      const kept = await rerank('/v2/rerank', body);
      const fresh = await rerank('/v2/rerank', body, { 'Cache-Control': 'no-store' });
      expect([kept.headers.get('x-cache'), fresh.headers.get('x-cache')]).toEqual(['HIT', 'MISS']);
      const [keptBody, freshBody] = [kept, fresh].map((answer) => rerankResponseSchema.parse(answer.body));
      expect(keptBody?.results).toStrictEqual(freshBody?.results);
      expect(keptBody?.usage).toStrictEqual(freshBody?.usage);
    }
  });

  it('is blended by default from what the worker computed, and by likelihood where that is asked for', async () => {
    const blended = rerankResponseSchema.parse((await rerank('/v2/rerank')).body);
    expect(blended.meta.warnings?.filter((warning) => warning.includes('likelihood')) ?? []).toEqual([]);
    const call = scoreCall({ include_calibration: true });
    const { scores, query_log_likelihood, calibration } = scoreResponseSchema.parse(
      await (await callWorker('POST', '/v1/score', call)).json(),
    );
    expect(calibration?.constants).toEqual(baseModelCalibration.constants);
    for (const { index, relevance_score } of blended.results) {
      const score = scores[index];
      const features = {
        meanLogLikelihood: score?.mean_log_likelihood ?? Number.NaN,
        queryLogLikelihood: query_log_likelihood ?? Number.NaN,
        lexicalMatch: score?.lexical_match ?? Number.NaN,
      };
      // Edge and test are two versions of V8, whose exp may differ in the last bit.
      expect(relevance_score).toBeCloseTo(probabilityOfLogit(blendedLogit(features, baseModelCalibration)), 14);
    }
    const paper = rerankResponseSchema.parse((await rerank('/v2/rerank', { scoring: 'likelihood' })).body);
    for (const { mean_log_likelihood, relevance_score } of paper.results) {
      expect(relevance_score).toBeCloseTo(Math.exp(mean_log_likelihood ?? Number.NaN), 14);
    }
  });

  it('does not change with the documents beside it', async () => {
    const all = rerankResponseSchema.parse((await rerank('/v2/rerank')).body);
    const alone = rerankResponseSchema.parse((await rerank('/v2/rerank', { documents: documents.slice(0, 1) })).body);
    expect(alone.results[0]?.relevance_score).toBe(all.results.find(({ index }) => index === 0)?.relevance_score);
  });

  it('is refused without a key, and for a model that is not there', async () => {
    const unkeyed = await fetch(`${system.url}/v2/rerank`, { method: 'POST', body: '{}' });
    expect(unkeyed.status).toBe(401);
    const { status, body } = await rerank('/v2/rerank', { model: 'nope' });
    expect(status).toBe(404);
    expect(JSON.stringify(body)).toContain('squad-sample');
  });
});

describe('the running stack', () => {
  it('describes itself in local.json, for the owner alone', async () => {
    const description: unknown = JSON.parse(await readFile(join(state.folder, 'local.json'), 'utf8'));
    expect(description).toEqual({ url: system.url, api_key: system.apiKey, workers: system.workers });
  });

  it('logs neither key, nor signature, nor text', async () => {
    for (const name of ['edge.log', 'gpu-worker-1.log']) {
      const log = await readFile(join(state.folder, 'logs', name), 'utf8');
      expect(log).not.toContain(system.apiKey);
      expect(log).not.toContain(system.signingKey);
      expect(log).not.toMatch(/Bearer|eyJ|Jacksonville/);
    }
  });
});

describe('the GPU worker', () => {
  it('answers probes to anybody, and nothing else without a signature', async () => {
    const url = system.workers[0];
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    const unsigned = await fetch(`${url}/v1/score`, { method: 'POST', body: JSON.stringify(scoreCall()) });
    expect([unsigned.status, await errorCode(unsigned)]).toEqual([401, 'unsigned_call']);
  });

  it('refuses a stale signature', async () => {
    const stale = await callWorker('POST', '/v1/score', scoreCall(), Date.now() - 120_000);
    const { error } = workerErrorSchema.parse(await stale.json());
    expect([stale.status, error.code, error.reason]).toEqual([401, 'unsigned_call', 'expired']);
  });

  it('refuses an adapter that is not in S3, and one whose file is not valid', async () => {
    const missing = { digest: '0'.repeat(64), name: 'gone' };
    const notThere = await callWorker('POST', '/v1/score', scoreCall({ adapter: missing }));
    expect([notThere.status, await errorCode(notThere)]).toEqual([404, 'adapter_not_found']);

    const secrets = await readOrCreateSecrets(join(state.folder, 'secrets.json'));
    const credentials = { accessKeyId: secrets.s3_access_key_id, secretAccessKey: secrets.s3_secret_access_key };
    const client = new S3Client({ endpoint: system.url + s3Path, region: 'auto', forcePathStyle: true, credentials });
    const file = Buffer.from('this is no safetensors file');
    const digest = createHash('sha256').update(file).digest('hex');
    await client.send(new PutObjectCommand({ Bucket: adapterBucket, Key: adapterObjectKey(digest), Body: file }));
    const broken = await callWorker('POST', '/v1/score', scoreCall({ adapter: { digest, name: 'broken' } }));
    expect([broken.status, await errorCode(broken)]).toEqual([422, 'invalid_adapter']);
  });
});

// Last, because nothing serves after it.
describe('a killed worker', () => {
  it('leaves a clear 503 with Retry-After, and a live edge', async () => {
    for (const processId of system.workerProcessIds) process.kill(processId, 'SIGKILL');
    const { status, headers, body } = await rerank('/v2/rerank', { query: 'a query that nobody has asked before' });
    expect([status, errorBodySchema.parse(body).error.code]).toEqual([503, 'no_worker_available']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${system.url}/health`)).status).toBe(200);
  });
});

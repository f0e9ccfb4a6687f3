import { afterEach, describe, expect, it } from 'vitest';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { scoreResponseSchema, workerInfoSchema } from '#shared/protocol/score.ts';
import { type WorkerError, workerErrorSchema } from '#shared/protocol/worker-error.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';
import {
  type ControlledWorker,
  pairScore,
  type ScoreBehaviour,
  startControlledWorker,
} from '#test/support/start-controlled-worker.ts';

let worker: ControlledWorker;
afterEach(() => worker.server.close());

async function readyWorker(score?: ScoreBehaviour): Promise<ControlledWorker> {
  worker = await startControlledWorker(score);
  worker.becomeReady();
  return worker;
}

const request = (changes: object = {}) =>
  JSON.stringify({
    model: 'tiny',
    query: 'what is a secret query',
    documents: ['private one', 'private three'],
    deadline_at_ms: Date.now() + 60_000,
    ...changes,
  });

async function errorOf(response: Response): Promise<WorkerError['error']> {
  return workerErrorSchema.parse(await response.json()).error;
}

describe('200', () => {
  it('scores each document as a task of its own and answers in the order of the request', async () => {
    const { call } = await readyWorker();
    const response = await call('POST', '/v1/score', request());
    expect(response.status).toBe(200);
    const body = scoreResponseSchema.parse(await response.json());
    expect(body).toMatchObject({ model: 'tiny', template: 'clean-1', query_tokens: 3 });
    expect(body.scores.map((score) => score.mean_log_likelihood)).toEqual([-0.11, -0.13]);
    expect(body.scores[0]).not.toHaveProperty('target_log_likelihoods');
  });

  it('adds the log-likelihood of each query token where it is asked for', async () => {
    const { call } = await readyWorker();
    const response = await call('POST', '/v1/score', request({ include_target_log_likelihoods: true }));
    const { scores } = scoreResponseSchema.parse(await response.json());
    expect(scores[1]?.target_log_likelihoods).toEqual([-1, -2, -3]);
  });

  it('sends what a blended score needs where it is asked for, and where there are constants', async () => {
    const { fittedOn: _, format: __, ...constants } = baseModelCalibration;
    worker = await startControlledWorker(undefined, baseModelCalibration);
    worker.becomeReady();
    const answer = async (include_calibration: boolean) =>
      scoreResponseSchema.parse(
        await (await worker.call('POST', '/v1/score', request({ include_calibration }))).json(),
      );
    expect(await answer(true)).toMatchObject({
      query_log_likelihood: -3.5,
      calibration: constants,
      scores: [{ lexical_match: 0.75 }, { lexical_match: 0.75 }],
    });
    for (const absent of ['query_log_likelihood', 'calibration']) {
      expect(await answer(false)).not.toHaveProperty(absent);
    }
    await worker.server.close();
    await readyWorker();
    for (const absent of ['query_log_likelihood', 'calibration']) {
      expect(await answer(true)).not.toHaveProperty(absent);
    }
  });

  it('hands template, cap and deadline to the engine', async () => {
    const seen: unknown[] = [];
    const { call } = await readyWorker((task, { deadlineAtMs }) => {
      seen.push({ ...task, deadlineAtMs });
      return Promise.resolve([pairScore(task.document)]);
    });
    const deadline = Date.now() + 10_000;
    const body = request({ template: 'upr-1', max_tokens_per_doc: 7, documents: ['d'], deadline_at_ms: deadline });
    expect((await call('POST', '/v1/score', body)).status).toBe(200);
    const query = 'what is a secret query';
    expect(seen).toEqual([
      { document: 'd', queries: [query], template: 'upr-1', maxTokensPerDoc: 7, deadlineAtMs: deadline },
    ]);
  });

  it('hands on how long documents are split, and tells which chunk counted', async () => {
    const seen: unknown[] = [];
    const place = { tokens: { start: 448, end: 960 }, characters: { start: 2_000, end: 4_100 } };
    const { call } = await readyWorker((task) => {
      seen.push(task.chunks);
      return Promise.resolve([
        { ...pairScore(task.document), documentTokens: 1_500, chunk: { index: 1, count: 3, ...place } },
      ]);
    });
    const body = request({
      documents: ['d'],
      chunks: { tokens: 512, overlap: 64, count_max: 9 },
      max_tokens_per_doc: 9_000,
    });
    const { scores } = scoreResponseSchema.parse(await (await call('POST', '/v1/score', body)).json());
    expect(seen).toEqual([{ tokens: 512, overlap: 64, countMax: 9 }]);
    expect(scores).toMatchObject([{ document_tokens: 1_500, chunk: { index: 1, count: 3, ...place } }]);
    const wide = request({ chunks: { tokens: 512, overlap: 257, count_max: 9 } });
    expect((await call('POST', '/v1/score', wide)).status).toBe(400);
  });

  it('tells where the time of its documents went, how busy it is, and whose share paid', async () => {
    const seen: unknown[] = [];
    const times = { queueMs: 5, tokenizeMs: 1, prefixMs: 40, hintsMs: 2, suffixMs: 10, prefixHits: 0, prefixMisses: 1 };
    const { call } = await readyWorker((task, { tenant, request: name, isGuest, onTiming }) => {
      seen.push([tenant, name === tenant, isGuest]);
      onTiming?.(
        task.document === 'private one'
          ? times
          : { ...times, queueMs: 9, prefixMs: 0.1, prefixHits: 1, prefixMisses: 0 },
      );
      return Promise.resolve([pairScore(task.document)]);
    });
    const response = await call('POST', '/v1/score', request({ tenant: 'acme', guest: true }));
    expect(response.headers.get('server-timing')).toMatch(
      /^queue;dur=9\.0, tokenize;dur=2\.0, prefix;dur=40\.1;desc="1 of 2 kept", hints;dur=4\.0, suffix;dur=20\.0, total;dur=\d+\.\d$/,
    );
    const { timing, load } = scoreResponseSchema.parse(await response.json());
    expect(load).toEqual({ wait_ms: 0, work_ms: expect.closeTo(66.1 / 2) });
    expect(timing).toEqual({
      queue_ms: 9,
      tokenize_ms: 2,
      prefix_ms: 40.1,
      hints_ms: 4,
      suffix_ms: 20,
      prefixes: 2,
      prefix_hits: 1,
    });
    await call('POST', '/v1/score', request({ documents: ['d'] }));
    expect(seen).toEqual([
      ['acme', false, true],
      ['acme', false, true],
      [expect.any(String), true, false],
    ]);
  });

  it('shows metrics to anybody, with nothing of a caller in them', async () => {
    const { call, server } = await readyWorker();
    await call('POST', '/v1/score', request({ tenant: 'acme' }));
    await call('POST', '/v1/score', '{');
    await call('GET', '/private/path');
    const response = await fetch(`${server.url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    for (const line of [
      'hintrank_worker_requests_total{route="/v1/score",status="200"} 1',
      'hintrank_worker_requests_total{route="other",status="404"} 1',
      'hintrank_worker_failures_total{code="invalid_json"} 1',
      'hintrank_worker_queue_length 0',
      'hintrank_worker_prefix_bytes 7000000',
      'hintrank_worker_prefix_evictions_total 1',
      'hintrank_worker_adapter_loads_total 0',
      'hintrank_worker_ready 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).not.toMatch(/acme|private|secret/);
  });

  it('tells what it holds', async () => {
    const { call } = await readyWorker();
    const info = workerInfoSchema.parse(await (await call('GET', '/info')).json());
    expect(info).toMatchObject({
      model: 'tiny',
      precision: 'int8',
      precision_reason: 'the processor has AVX-512 VNNI',
      device: 'cpu',
      threads: 2,
      queue_length_max: 16,
      version: '1.2.3',
      memory: {
        ...{ prefix_bytes: 7_000_000, prefix_bytes_max: 9_000_000, prefixes: 2 },
        ...{ adapter_bytes: 0, adapter_bytes_max: 1_000_000 },
        ...{ sessions: 4, weights_shared: true, weights_bytes: 136_000_000 },
      },
    });
    expect(info.memory?.resident_bytes).toBeGreaterThan(10_000_000);
  });
});

describe('400', () => {
  it.each([
    ['not JSON', '{"model":', 'invalid_json', undefined],
    ['no documents', request({ documents: [] }), 'invalid_request', 'documents'],
    ['an empty document', request({ documents: ['a', ''] }), 'invalid_request', 'documents.1'],
    ['a cap over the limit', request({ max_tokens_per_doc: 9_000 }), 'invalid_request', 'max_tokens_per_doc'],
    [
      'an adapter that is no digest',
      request({ adapter: { digest: 'x', name: 'n' } }),
      'invalid_request',
      'adapter.digest',
    ],
    ['an unknown template', request({ template: 'nope' }), 'invalid_request', 'template'],
  ])('refuses %s and names the field', async (_name, body, code, param) => {
    const { call } = await readyWorker();
    const response = await call('POST', '/v1/score', body);
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code, ...(param === undefined ? {} : { param }) });
  });
});

describe('401', () => {
  const stale = async ({ key }: ControlledWorker) =>
    signCall({
      key,
      method: 'POST',
      path: '/v1/score',
      body: new TextEncoder().encode(request()),
      nowMs: Date.now() - 70_000,
    });
  const forPath =
    (path: string) =>
    ({ key }: ControlledWorker) =>
      signCall({ key, method: 'POST', path, body: new TextEncoder().encode(request()), nowMs: Date.now() });
  const otherKey = () =>
    signCall({
      key: new Uint8Array(32),
      method: 'POST',
      path: '/v1/score',
      body: new Uint8Array(0),
      nowMs: Date.now(),
    });

  it.each([
    ['no signature', () => Promise.resolve(undefined), 'missing'],
    ['a signature that is no token', () => Promise.resolve('abc'), 'malformed'],
    ['a stale signature', stale, 'expired'],
    ['the signature of another path', forPath('/info'), 'other_path'],
    ['the signature of another body', forPath('/v1/score'), 'other_body'],
    ['a signature by another key', otherKey, 'wrong_key'],
  ])('refuses a call with %s', async (_name, sign, reason) => {
    const { server } = await readyWorker();
    const token = await sign(worker);
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const body = request({ query: 'another body' });
    const response = await fetch(`${server.url}/v1/score`, { method: 'POST', body, headers });
    expect(response.status).toBe(401);
    expect(await errorOf(response)).toMatchObject({ code: 'unsigned_call', reason });
  });

  it('refuses an unsigned look at /info, ready or not', async () => {
    const { server } = await readyWorker();
    expect((await fetch(`${server.url}/info`)).status).toBe(401);
  });
});

describe('404, 405 and 413', () => {
  it('refuses a model that it does not hold, by name', async () => {
    const { call } = await readyWorker();
    const response = await call('POST', '/v1/score', request({ model: 'huge' }));
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({
      code: 'model_not_found',
      message: 'This worker holds the model "tiny", not "huge".',
    });
  });

  it('knows no other routes and no other methods', async () => {
    const { call } = await readyWorker();
    expect((await call('GET', '/nope')).status).toBe(404);
    expect((await call('GET', '/v1/score')).status).toBe(405);
    expect((await call('DELETE', '/health')).status).toBe(405);
  });

  it('refuses a body over the limit, declared or streamed', async () => {
    const { call } = await readyWorker();
    const long = request({ documents: ['x'.repeat(10_000)] });
    const declared = await call('POST', '/v1/score', long);
    expect(declared.status).toBe(413);
    expect((await errorOf(declared)).message).toMatch(/^The request body has \d+ bytes; the limit is 10000 bytes\.$/);
    const stream = new Blob([long]).stream();
    const streamed = await call('POST', '/v1/score', long, { body: stream, duplex: 'half' } as RequestInit);
    expect(streamed.status).toBe(413);
  });
});

describe('429 and 499', () => {
  it('passes on that the queue is full, with Retry-After', async () => {
    const { call } = await readyWorker(() =>
      Promise.reject(new ServiceError('overloaded', 'The queue holds 16 of 16.', { retryAfterSeconds: 3 })),
    );
    const response = await call('POST', '/v1/score', request());
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  });

  it('drops the other documents of a call when one fails', async () => {
    const aborted: string[] = [];
    const { call } = await readyWorker(({ document }, { signal }) => {
      if (document === 'bad') return Promise.reject(new ServiceError('invalid_request', 'query: too long'));
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted.push(document);
          reject(new ServiceError('request_cancelled'));
        });
      });
    });
    const response = await call('POST', '/v1/score', request({ documents: ['a', 'bad', 'c'] }));
    expect([response.status, (await errorOf(response)).message]).toEqual([400, 'query: too long']);
    expect(aborted).toEqual(['a', 'c']);
  });

  it('drops its documents when the caller leaves', async () => {
    const started = Promise.withResolvers<void>();
    const dropped = Promise.withResolvers<void>();
    const { call } = await readyWorker((_task, { signal }) => {
      started.resolve();
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          dropped.resolve();
          reject(new ServiceError('request_cancelled'));
        });
      });
    });
    const caller = new AbortController();
    const answer = call('POST', '/v1/score', request(), { signal: caller.signal });
    await started.promise;
    caller.abort();
    await expect(answer).rejects.toThrow('aborted');
    await dropped.promise;
    await worker.state.idle();
  });
});

describe('500', () => {
  it('logs a call under the caller’s trace, and under none where the header is malformed', async () => {
    const { call, log } = await readyWorker();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await call('GET', '/nowhere', undefined, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect(log()).toContain(`"traceId":"${traceId}"`);
    await call('GET', '/nowhere', undefined, { headers: { traceparent: '00-malformed' } });
    expect(log()).not.toContain('malformed');
  });

  it('tells a fixed sentence and logs the detail, but never a text or a signature', async () => {
    const { call } = await readyWorker(() => Promise.reject(new Error('tensor x has 3 rows')));
    const failed = await call('POST', '/v1/score', request());
    expect(failed.status).toBe(500);
    const error = await errorOf(failed);
    expect(error).toMatchObject({
      code: 'internal',
      message: 'The service failed to answer; the request id identifies the fault.',
    });
    expect(worker.log()).toContain('tensor x has 3 rows');
    expect(worker.log()).toContain(error.request_id);
    expect(worker.log()).not.toMatch(/private|secret query|Bearer|eyJ/);
  });
});

describe('503', () => {
  it('is live but not ready while the model loads, and says how far it is', async () => {
    worker = await startControlledWorker();
    worker.state.enter({ name: 'loading', stage: 'weights', fraction: 0.4 });
    const health = await fetch(`${worker.server.url}/health`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'live' }]);
    const answers = [
      await fetch(`${worker.server.url}/ready`),
      await worker.call('POST', '/v1/score', request()),
      await worker.call('GET', '/info'),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await errorOf(answer)).toMatchObject({
        code: 'not_ready',
        message: 'The worker is loading its model (weights, 40 %).',
      });
    }
    worker.becomeReady();
    expect((await fetch(`${worker.server.url}/ready`)).status).toBe(200);
  });

  it('stays not ready when the model could not be loaded', async () => {
    worker = await startControlledWorker();
    worker.state.enter({ name: 'failed' });
    const error = await errorOf(await fetch(`${worker.server.url}/ready`));
    expect(error.message).toBe('The worker could not load its model; its log says why.');
  });

  it('names the adapter that a worker without a store is asked for', async () => {
    const { call } = await readyWorker();
    const response = await call('POST', '/v1/score', request({ adapter: { digest: 'c'.repeat(64), name: 'tickets' } }));
    expect([response.status, (await errorOf(response)).code]).toEqual([503, 'adapter_unavailable']);
  });
});

describe('504', () => {
  it('answers a call whose deadline is over without asking the engine', async () => {
    let asked = false;
    const { call } = await readyWorker(() => {
      asked = true;
      return Promise.resolve([]);
    });
    const response = await call('POST', '/v1/score', request({ deadline_at_ms: Date.now() - 1 }));
    expect([response.status, asked]).toEqual([504, false]);
  });

  it('ends a call whose deadline passes while it runs', async () => {
    const { call } = await readyWorker(
      (_task, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new ServiceError('request_cancelled')));
        }),
    );
    const response = await call('POST', '/v1/score', request({ deadline_at_ms: Date.now() + 200 }));
    expect([response.status, (await errorOf(response)).code]).toEqual([504, 'deadline_exceeded']);
  });
});

import { describe, expect, it, onTestFinished } from 'vitest';
import { ServiceError } from '#shared/errors/service-error.ts';
import { type WorkerError, workerErrorSchema } from '#shared/protocol/worker-error.ts';
import { signCall } from '#shared/signed-calls/sign-call.ts';
import { secretScoreCall } from '#test/support/secret-score-call.ts';
import { type ControlledWorker, startControlledWorker } from '#test/support/start-controlled-worker.ts';
import { startReadyWorker } from '#test/support/start-ready-worker.ts';

async function errorOf(response: Response): Promise<WorkerError['error']> {
  return workerErrorSchema.parse(await response.json()).error;
}

describe('400', () => {
  it.each([
    ['not JSON', '{"model":', 'invalid_json', undefined],
    ['no documents', secretScoreCall({ documents: [] }), 'invalid_request', 'documents'],
    ['an empty document', secretScoreCall({ documents: ['a', ''] }), 'invalid_request', 'documents.1'],
    ['a cap over the limit', secretScoreCall({ max_tokens_per_doc: 9_000 }), 'invalid_request', 'max_tokens_per_doc'],
    [
      'an adapter that is no digest',
      secretScoreCall({ adapter: { digest: 'x', name: 'n' } }),
      'invalid_request',
      'adapter.digest',
    ],
    ['an unknown template', secretScoreCall({ template: 'nope' }), 'invalid_request', 'template'],
  ])('refuses %s and names the field', async (_name, body, code, param) => {
    const { call } = await startReadyWorker();
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
      body: new TextEncoder().encode(secretScoreCall()),
      nowMs: Date.now() - 70_000,
    });
  const forPath =
    (path: string) =>
    ({ key }: ControlledWorker) =>
      signCall({ key, method: 'POST', path, body: new TextEncoder().encode(secretScoreCall()), nowMs: Date.now() });
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
    const worker = await startReadyWorker();
    const token = await sign(worker);
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const body = secretScoreCall({ query: 'another body' });
    const response = await fetch(`${worker.server.url}/v1/score`, { method: 'POST', body, headers });
    expect(response.status).toBe(401);
    expect(await errorOf(response)).toMatchObject({ code: 'unsigned_call', reason });
  });

  it('refuses an unsigned look at /info, ready or not', async () => {
    const { server } = await startReadyWorker();
    expect((await fetch(`${server.url}/info`)).status).toBe(401);
  });
});

describe('404, 405 and 413', () => {
  it('refuses a model that it does not hold, by name', async () => {
    const { call } = await startReadyWorker();
    const response = await call('POST', '/v1/score', secretScoreCall({ model: 'huge' }));
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({
      code: 'model_not_found',
      message: 'This worker holds the model "tiny", not "huge".',
    });
  });

  it('knows no other routes and no other methods', async () => {
    const { call } = await startReadyWorker();
    expect((await call('GET', '/nope')).status).toBe(404);
    expect((await call('GET', '/v1/score')).status).toBe(405);
    expect((await call('DELETE', '/health')).status).toBe(405);
  });

  it('refuses a body over the limit, declared or streamed', async () => {
    const { call } = await startReadyWorker();
    const long = secretScoreCall({ documents: ['x'.repeat(10_000)] });
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
    const { call } = await startReadyWorker(() =>
      Promise.reject(new ServiceError('overloaded', 'The queue holds 16 of 16.', { retryAfterSeconds: 3 })),
    );
    const response = await call('POST', '/v1/score', secretScoreCall());
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  });

  it('drops the other documents of a call when one fails', async () => {
    const aborted: string[] = [];
    const { call } = await startReadyWorker(({ document }, { signal }) => {
      if (document === 'bad') return Promise.reject(new ServiceError('invalid_request', 'query: too long'));
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted.push(document);
          reject(new ServiceError('request_cancelled'));
        });
      });
    });
    const response = await call('POST', '/v1/score', secretScoreCall({ documents: ['a', 'bad', 'c'] }));
    expect([response.status, (await errorOf(response)).message]).toEqual([400, 'query: too long']);
    expect(aborted).toEqual(['a', 'c']);
  });

  it('drops its documents when the caller leaves', async () => {
    const started = Promise.withResolvers<void>();
    const dropped = Promise.withResolvers<void>();
    const { call, state } = await startReadyWorker((_task, { signal }) => {
      started.resolve();
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          dropped.resolve();
          reject(new ServiceError('request_cancelled'));
        });
      });
    });
    const caller = new AbortController();
    const answer = call('POST', '/v1/score', secretScoreCall(), { signal: caller.signal });
    await started.promise;
    caller.abort();
    await expect(answer).rejects.toThrow('aborted');
    await dropped.promise;
    await state.idle();
  });
});

describe('500', () => {
  it('logs a call under the caller’s trace, and under none where the header is malformed', async () => {
    const { call, log } = await startReadyWorker();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await call('GET', '/nowhere', undefined, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect(log()).toContain(`"traceId":"${traceId}"`);
    await call('GET', '/nowhere', undefined, { headers: { traceparent: '00-malformed' } });
    expect(log()).not.toContain('malformed');
  });

  it('tells a fixed sentence and logs the detail, but never a text or a signature', async () => {
    const { call, log } = await startReadyWorker(() => Promise.reject(new Error('tensor x has 3 rows')));
    const failed = await call('POST', '/v1/score', secretScoreCall());
    expect(failed.status).toBe(500);
    const error = await errorOf(failed);
    expect(error).toMatchObject({
      code: 'internal',
      message: 'The service failed to answer; the request id identifies the fault.',
    });
    expect(log()).toContain('tensor x has 3 rows');
    expect(log()).toContain(error.request_id);
    expect(log()).not.toMatch(/private|secret query|Bearer|eyJ/);
  });
});

describe('503', () => {
  it('is live but not ready while the model loads, and says how far it is', async () => {
    const worker = await startControlledWorker();
    onTestFinished(() => worker.server.close());
    worker.state.enter({ name: 'loading', stage: 'weights', fraction: 0.4 });
    const health = await fetch(`${worker.server.url}/health`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'live' }]);
    const answers = [
      await fetch(`${worker.server.url}/ready`),
      await worker.call('POST', '/v1/score', secretScoreCall()),
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
    const worker = await startControlledWorker();
    onTestFinished(() => worker.server.close());
    worker.state.enter({ name: 'failed' });
    const error = await errorOf(await fetch(`${worker.server.url}/ready`));
    expect(error.message).toBe('The worker could not load its model; its log says why.');
  });

  it('names the adapter that a worker without a store is asked for', async () => {
    const { call } = await startReadyWorker();
    const response = await call(
      'POST',
      '/v1/score',
      secretScoreCall({ adapter: { digest: 'c'.repeat(64), name: 'tickets' } }),
    );
    expect([response.status, (await errorOf(response)).code]).toEqual([503, 'adapter_unavailable']);
  });
});

describe('504', () => {
  it('answers a call whose deadline is over without asking the engine', async () => {
    let asked = false;
    const { call } = await startReadyWorker(() => {
      asked = true;
      return Promise.resolve([]);
    });
    const response = await call('POST', '/v1/score', secretScoreCall({ deadline_at_ms: Date.now() - 1 }));
    expect([response.status, asked]).toEqual([504, false]);
  });

  it('ends a call whose deadline passes while it runs', async () => {
    const { call } = await startReadyWorker(
      (_task, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new ServiceError('request_cancelled')));
        }),
    );
    const response = await call('POST', '/v1/score', secretScoreCall({ deadline_at_ms: Date.now() + 200 }));
    expect([response.status, (await errorOf(response)).code]).toEqual([504, 'deadline_exceeded']);
  });
});

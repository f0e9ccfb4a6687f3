import { describe, expect, it } from 'vitest';
import { callGpuWorker } from '#edge/gpu-workers/call-gpu-worker.ts';
import type { WorkerCallInit } from '#edge/gpu-workers/worker-call-ports.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import { createFakeGpuWorkers, type Fault, hang } from '#edge/testing/fake-gpu-worker.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { scoreCallBody } from '#edge/testing/score-call-body.ts';
import { targetAt } from '#edge/testing/target-at.ts';
import { testSigningKey } from '#edge/testing/test-secrets.ts';

interface Setup {
  readonly fault?: (clock: ManualClock) => Fault;
  readonly target?: WorkerTarget;
  readonly signal?: AbortSignal;
  /** Positions of the two documents in the caller's request. */
  readonly documentIndices?: readonly number[];
}

async function call({ fault, target = targetAt('http://a'), signal, documentIndices = [0, 1] }: Setup = {}) {
  const clock = new ManualClock();
  const { fetch, calls } = createFakeGpuWorkers(clock.now, fault?.(clock));
  const sent: { readonly url: string; readonly init: WorkerCallInit }[] = [];
  const { now, timeoutSignal, sleep } = clock;
  const outcome = await callGpuWorker(
    {
      fetch: (url, init) => {
        sent.push({ url, init });
        return fetch(url, init);
      },
      now,
      timeoutSignal,
      sleep,
      signingKey: testSigningKey,
      log: () => undefined,
    },
    {
      target,
      request: { ...scoreCallBody(['[-1] one', '[-2] two']), deadline_at_ms: clock.nowMs + 1_000 },
      documentIndices,
      timeoutMs: 1_000,
      signal: signal ?? new AbortController().signal,
      requestId: 'request-1',
    },
  );
  return { outcome, calls, sent, clock };
}

const answers =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (): Fault =>
  () =>
    Promise.resolve(Response.json(body, { status, headers }));
const workerError = (code: string, message = 'm', param?: string) => ({
  error: { code, message, request_id: 'r', ...(param === undefined ? {} : { param }) },
});
const scoresOf = (value: unknown) => (): Fault => (received) => {
  const body = { model: 'm', template: 't', query_tokens: 1, compute_ms: 1 };
  const score = { mean_log_likelihood: value, document_tokens: 1, truncated: false };
  const text = JSON.stringify({ ...body, scores: received.request.documents.map(() => score) });
  return Promise.resolve(new Response(text.replaceAll('"1e999"', '1e999')));
};

describe('callGpuWorker', () => {
  it('signs the call, names the request, and reads the scores', async () => {
    const { outcome, calls, sent } = await call();
    expect(outcome).toMatchObject({
      kind: 'scored',
      response: { scores: [{ mean_log_likelihood: -1 }, { mean_log_likelihood: -2 }] },
    });
    expect(calls).toMatchObject([{ worker: 'http://a', requestId: 'request-1' }]);
    expect(sent[0]?.init.headers).not.toHaveProperty('x-hintrank-shard');
  });

  it('tells a gateway which shard the call is for', async () => {
    const gateway = { id: 'http://gateway/gpu#3', url: 'http://gateway/gpu', region: 'weur', shard: '3' };
    const { outcome, sent } = await call({ target: gateway });
    expect(outcome.kind).toBe('scored');
    expect(sent[0]).toMatchObject({
      url: 'http://gateway/gpu/v1/score',
      init: { headers: { 'x-hintrank-shard': '3' } },
    });
  });

  it.each<[string, () => Fault]>([
    ['nothing: the connection is lost', () => () => Promise.reject(new Error('Network connection lost.'))],
    ['503 while it starts', answers(503, workerError('not_ready'))],
    ['401 for the signature', answers(401, workerError('unsigned_call'))],
    ['a gateway’s 502', () => () => Promise.resolve(new Response('<html>', { status: 502 }))],
    ['a page of HTML', () => () => Promise.resolve(new Response('<html>'))],
    ['too few scores', answers(200, { model: 'm', template: 't', query_tokens: 1, scores: [], compute_ms: 1 })],
    ['null scores', scoresOf(null)],
    ['infinite scores', scoresOf('1e999')],
  ])('is unreachable, and no sign of life, where it gets %s', async (_name, fault) => {
    const { outcome } = await call({ fault });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'unreachable', answered: false });
  });

  it('takes a fault inside the worker for no answer, yet for a sign of life', async () => {
    const { outcome } = await call({ fault: answers(500, workerError('internal')) });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'unreachable', answered: true });
  });

  it.each([
    [400, 'invalid_request', 'refused'],
    [404, 'model_not_found', 'refused'],
    [404, 'adapter_not_found', 'refused'],
    [422, 'invalid_adapter', 'refused'],
    [413, 'payload_too_large', 'refused'],
    [429, 'overloaded', 'overloaded'],
    [503, 'adapter_unavailable', 'adapter-unavailable'],
    [504, 'deadline_exceeded', 'timed-out'],
  ])('passes on %d %s as %s, in the worker’s words', async (status, code, reason) => {
    const { outcome } = await call({ fault: answers(status, workerError(code, 'The words.')) });
    expect(outcome).toMatchObject({ kind: 'failed', reason, answered: true, error: { code, message: 'The words.' } });
  });

  it('names a document by its place in the request, not in the shard', async () => {
    const fault = answers(400, workerError('invalid_request', 'documents[1] is bad', 'documents[1]'));
    const { outcome } = await call({ fault, documentIndices: [4, 17] });
    expect(outcome).toMatchObject({ error: { message: 'documents[17] is bad', param: 'documents[17]' } });
  });

  it.each([
    ['7', 7],
    ['9999', 60],
    ['soon', 1],
    [undefined, 1],
  ])('reads Retry-After %j as %d seconds', async (header, seconds) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
    const { outcome } = await call({ fault: answers(429, workerError('overloaded'), headers) });
    expect(outcome).toMatchObject({ error: { retryAfterSeconds: seconds } });
  });

  it('gives up after its time, and lets go of the connection', async () => {
    let signal: AbortSignal | undefined;
    const fault =
      (clock: ManualClock): Fault =>
      (_, init) => {
        signal = init.signal;
        return hang(init, () => clock.runToNextTimeout());
      };
    const { outcome, clock } = await call({ fault });
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timed-out', answered: false });
    expect([signal?.aborted, clock.nowMs - new ManualClock().nowMs]).toEqual([true, 1_000]);
  });

  it('lets go of the connection when nobody waits any more', async () => {
    const caller = new AbortController();
    let signal: AbortSignal | undefined;
    const fault = (): Fault => (_, init) => {
      signal = init.signal;
      return hang(init, () => caller.abort());
    };
    const { outcome } = await call({ fault, signal: caller.signal });
    expect([outcome.kind === 'failed' && outcome.reason, signal?.aborted]).toEqual(['cancelled', true]);
  });
});

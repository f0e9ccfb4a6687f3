import { describe, expect, it } from 'vitest';
import { digestDocuments } from '#edge/gpu-workers/digest-documents.ts';
import { scoreOnWorkers } from '#edge/gpu-workers/score-on-workers.ts';
import type { LogEntry } from '#edge/log.ts';
import { createFakeGpuWorkers, type Fault, hang } from '#edge/testing/fake-gpu-worker.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { testSigningKey } from '#edge/testing/test-secrets.ts';
import type { ServiceError } from '#shared/errors/service-error.ts';

const [workerA, workerB] = ['http://worker-a', 'http://worker-b'] as const;
const documents = Array.from({ length: 24 }, (_, index) => `[-${index + 1}] document`);
const expected = documents.map((_, index) => -(index + 1));

interface Setup {
  readonly workers?: readonly string[];
  readonly fault?: (clock: ManualClock) => Fault;
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

async function start({ workers = [workerA, workerB], fault, signal, deadlineMs = 10_000 }: Setup) {
  const clock = new ManualClock();
  const { fetch, calls } = createFakeGpuWorkers(clock.now, fault?.(clock));
  const logs: LogEntry[] = [];
  const { now, timeoutSignal, sleep } = clock;
  const ports = {
    fetch,
    now,
    timeoutSignal,
    sleep,
    signingKey: testSigningKey,
    log: (entry: LogEntry) => void logs.push(entry),
  };
  const digests = await digestDocuments(documents);
  const promise = scoreOnWorkers(ports, {
    workers,
    digests,
    request: {
      model: 'm',
      query: 'q',
      documents,
      max_tokens_per_doc: 512,
      include_target_log_likelihoods: false,
      include_calibration: false,
    },
    startedAtMs: clock.nowMs,
    deadlineMs,
    signal: signal ?? new AbortController().signal,
    requestId: 'request-1',
  });
  return { promise, calls, logs, clock };
}

async function scores(setup: Setup) {
  const run = await start(setup);
  const { scores: found } = await run.promise;
  expect(found.map((score) => score.mean_log_likelihood)).toEqual(expected);
  return run;
}

async function failure(setup: Setup) {
  const run = await start(setup);
  const error: ServiceError = await run.promise.then(
    () => expect.unreachable('the call succeeded'),
    (reason: ServiceError) => reason,
  );
  const { code, message, param, retryAfterSeconds } = error;
  return { code, message, param, retryAfterSeconds, ...run };
}

/** The fault only at one worker, and only at its first call. */
const once = (worker: string, respond: (clock: ManualClock) => Fault) => (clock: ManualClock) => {
  let met = false;
  const fault: Fault = (call, init) => {
    if (call.worker !== worker || met) return undefined;
    met = true;
    return respond(clock)(call, init);
  };
  return fault;
};

const answer =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (): Fault =>
  () =>
    Promise.resolve(Response.json(body, { status, headers }));
const workerError = (code: string, message = 'm') => ({ error: { code, message, request_id: 'r' } });
const dead = (): Fault => () => Promise.reject(new Error('Network connection lost.'));
const hanging =
  (clock: ManualClock): Fault =>
  (_, init) =>
    hang(init, () => clock.runToNextTimeout());
/** Worker A never answers its first call. Time passes once both workers were called, so that worker B's own shard is through. */
const workerAHangsOnce = (clock: ManualClock): Fault => {
  const called = new Set<string>();
  let hangs = true;
  return (call, init) => {
    const isLast = called.size === 1 && !called.has(call.worker);
    called.add(call.worker);
    if (isLast) queueMicrotask(() => clock.runToNextTimeout());
    if (call.worker !== workerA || !hangs) return undefined;
    hangs = false;
    return hang(init, () => undefined);
  };
};
const wrongScores = (value: unknown) => (): Fault => (call) => {
  const body = { model: 'm', template: 't', query_tokens: 1, compute_ms: 1 };
  const score = { mean_log_likelihood: value, document_tokens: 1, truncated: false };
  const text = JSON.stringify({ ...body, scores: call.request.documents.map(() => score) });
  return Promise.resolve(new Response(text.replaceAll('"1e999"', '1e999')));
};

describe('scoreOnWorkers', () => {
  it('scores each document once, over both workers, and puts the scores in order', async () => {
    const { calls } = await scores({});
    expect(new Set(calls.map(({ worker }) => worker))).toEqual(new Set([workerA, workerB]));
    expect(calls.flatMap(({ request }) => request.documents).sort()).toEqual([...documents].sort());
  });

  it('opens at most six connections to twenty workers', async () => {
    const workers = Array.from({ length: 20 }, (_, index) => `http://worker-${index}`);
    const { calls } = await scores({ workers });
    expect(calls.length).toBeLessThanOrEqual(6);
  });

  it.each<[string, (clock: ManualClock) => Fault]>([
    ['is dead', dead],
    ['is full', answer(429, workerError('overloaded'))],
    ['fails', answer(500, workerError('internal'))],
    ['is not ready', answer(503, workerError('not_ready'))],
    ['refuses the signature', answer(401, workerError('unsigned_call'))],
    ['answers a page of HTML', () => () => Promise.resolve(new Response('<html>'))],
    ['answers too few scores', answer(200, { model: 'm', template: 't', query_tokens: 1, scores: [], compute_ms: 1 })],
    ['answers null scores', wrongScores(null)],
    ['answers infinite scores', wrongScores('1e999')],
  ])('asks the other worker when one %s', async (_, respond) => {
    const { calls, logs } = await scores({ fault: once(workerA, respond) });
    expect(calls.map(({ worker }) => worker).sort()).toEqual([workerA, workerB, workerB]);
    expect(logs).toEqual([
      expect.objectContaining({ event: 'worker_call_failed', requestId: 'request-1', worker: workerA }),
    ]);
  });

  it.each<[string, (clock: ManualClock) => Fault]>([
    ['is full', answer(429, workerError('overloaded'))],
    ['is dead', dead],
  ])('asks the only worker again, after a pause, when it %s', async (_, respond) => {
    const started = new ManualClock().nowMs;
    const { calls, clock } = await scores({ workers: [workerA], fault: once(workerA, respond) });
    expect(calls).toHaveLength(2);
    expect(clock.nowMs - started).toBe(200);
  });

  it('gives a hanging worker 60 % of the time, so that the other one can finish', async () => {
    const { calls, clock, logs } = await scores({ fault: workerAHangsOnce, deadlineMs: 10_000 });
    expect(calls.map(({ worker }) => worker).sort()).toEqual([workerA, workerB, workerB]);
    expect(logs).toEqual([expect.objectContaining({ worker: workerA, reason: 'timed-out' })]);
    expect(calls.at(-1)).toMatchObject({ worker: workerB, request: { deadline_at_ms: clock.nowMs + 4_000 } });
  });

  it('does not retry what the request itself is refused for, and says it as the worker did', async () => {
    const body = workerError('invalid_request', 'query has 9,000 tokens, the limit is 8,000');
    const { code, message, calls } = await failure({ workers: [workerA], fault: answer(400, body) });
    expect({ code, message }).toEqual({
      code: 'invalid_request',
      message: 'query has 9,000 tokens, the limit is 8,000',
    });
    expect(calls).toHaveLength(1);
  });

  it('names a document by its place in the request, not in the shard', async () => {
    let firstDocument = '';
    const fault: Fault = (call) => {
      if (call.worker !== workerA) return undefined;
      firstDocument = call.request.documents[0] ?? '';
      const error = { code: 'invalid_request', message: 'documents[0] is bad', param: 'documents[0]', request_id: 'r' };
      return Promise.resolve(Response.json({ error }, { status: 400 }));
    };
    const { message, param } = await failure({ fault: () => fault });
    const name = `documents[${documents.indexOf(firstDocument)}]`;
    expect({ message, param }).toEqual({ message: `${name} is bad`, param: name });
  });

  it('says 503 when every worker is dead', async () => {
    expect(await failure({ fault: dead })).toMatchObject({ code: 'no_worker_available', retryAfterSeconds: 5 });
  });

  it('says 503 and names the adapter when its store is down', async () => {
    const fault = answer(503, workerError('adapter_unavailable', 'Adapter "a" could not be loaded.'));
    expect(await failure({ fault })).toMatchObject({
      code: 'adapter_unavailable',
      message: 'Adapter "a" could not be loaded.',
    });
  });

  it.each([
    ['7', 7],
    ['9999', 60],
    ['soon', 1],
    [undefined, 1],
  ])('says 429 when every worker is full, with Retry-After %j as %d seconds', async (header, seconds) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
    const fault = answer(429, workerError('overloaded'), headers);
    expect(await failure({ fault })).toMatchObject({ code: 'overloaded', retryAfterSeconds: seconds });
  });

  it('says 429 when one worker is dead and the other full: waiting helps', async () => {
    const full = answer(429, workerError('overloaded'))();
    const fault = (): Fault => (call, init) => (call.worker === workerA ? dead()(call, init) : full(call, init));
    expect(await failure({ fault })).toMatchObject({ code: 'overloaded' });
  });

  it('says 504 when every worker hangs until the deadline, and not later', async () => {
    const started = new ManualClock().nowMs;
    const { code, message, clock } = await failure({ fault: hanging, deadlineMs: 10_000 });
    expect({ code, message }).toEqual({
      code: 'deadline_exceeded',
      message: 'The documents were not scored within deadline_ms, which is 10,000.',
    });
    expect(clock.nowMs - started).toBeLessThanOrEqual(10_000);
  });

  it('drops the calls when the caller goes', async () => {
    const caller = new AbortController();
    let signal: AbortSignal | undefined;
    const fault: Fault = (_, init) => {
      signal = init.signal;
      return hang(init, () => caller.abort());
    };
    const { code, calls, logs } = await failure({ workers: [workerA], fault: () => fault, signal: caller.signal });
    expect(code).toBe('request_cancelled');
    expect(signal?.aborted).toBe(true);
    expect({ calls: calls.length, logs }).toEqual({ calls: 1, logs: [] });
  });

  it('drops the other shards when one fails for good', async () => {
    const ended: string[] = [];
    const fault: Fault = (call, init) => {
      if (call.worker === workerA)
        return Promise.resolve(Response.json(workerError('model_not_found'), { status: 404 }));
      init.signal.addEventListener('abort', () => {
        ended.push(call.worker);
      });
      return hang(init, () => undefined);
    };
    expect(await failure({ fault: () => fault })).toMatchObject({ code: 'model_not_found' });
    expect(ended).toEqual([workerB]);
  });
});

import { describe, expect, it } from 'vitest';
import type { WorkerCall } from '#edge/gpu-workers/call-gpu-worker.ts';
import { digestDocuments } from '#edge/gpu-workers/digest-documents.ts';
import { type ScoringJob, scoreOnWorkers } from '#edge/gpu-workers/score-on-workers.ts';
import { answeredFailure } from '#edge/gpu-workers/shard-outcome.ts';
import { scoreCallBody } from '#edge/testing/score-call-body.ts';
import { type Behaviour, lostConnection, type SeenCall, simulateFleet } from '#edge/testing/simulated-fleet.ts';
import { targetAt } from '#edge/testing/target-at.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { unrecordedSpan } from '#shared/tracing/trace-span.ts';

type Behave = (call: WorkerCall, calls: readonly SeenCall[]) => Behaviour;

const [workerA, workerB] = [targetAt('http://a'), targetAt('http://b')];
const documents = Array.from({ length: 24 }, (_, index) => `[-${index + 1}] document`);
const expected = documents.map((_, index) => -(index + 1));
const baseRequest = scoreCallBody(documents);

async function start(behave: Behave, changes: Partial<ScoringJob> = {}) {
  const fleet = simulateFleet(behave);
  const job: ScoringJob = {
    targets: [workerA, workerB],
    regions: ['unnamed'],
    request: baseRequest,
    digests: await digestDocuments(documents),
    startedAtMs: 0,
    deadlineMs: 10_000,
    reservedMs: 0,
    tolerated: [],
    signal: new AbortController().signal,
    requestId: 'request-1',
    trace: unrecordedSpan(undefined),
    ...changes,
  };
  return { ...fleet, run: () => fleet.time.run(scoreOnWorkers(fleet.ports, job)) };
}

async function score(behave: Behave, changes: Partial<ScoringJob> = {}) {
  const fan = await start(behave, changes);
  const result = await fan.run();
  return { ...fan, ...result, likelihoods: result.scores.map((one) => one?.mean_log_likelihood) };
}

async function failure(behave: Behave, changes: Partial<ScoringJob> = {}) {
  const fan = await start(behave, changes);
  const error: unknown = await fan.run().catch((reason: unknown) => reason);
  if (!(error instanceof ServiceError)) throw new Error('the call succeeded');
  const { code, message, param, retryAfterSeconds } = error;
  return { ...fan, code, message, param, retryAfterSeconds };
}

const at =
  (id: string, behaviour: Behaviour, otherwise: Behaviour = 10): Behave =>
  ({ target }) =>
    target.id === id ? behaviour : otherwise;

describe('scoreOnWorkers', () => {
  it('scores each document once, over both workers, and puts the scores in order', async () => {
    const { likelihoods, calls, scoringFingerprint } = await score(() => 10);
    expect([likelihoods, scoringFingerprint]).toEqual([expected, 'f']);
    expect(calls.map(({ target }) => target).sort()).toEqual(['http://a', 'http://b']);
    expect(calls.flatMap((call) => call.documents).sort()).toEqual([...documents].sort());
  });

  it('has at most six calls out at once, and reaches twelve workers all the same', async () => {
    const targets = Array.from({ length: 12 }, (_, index) => targetAt(`http://worker-${index}`));
    const { likelihoods, seen, calls } = await score(() => 10, { targets });
    expect(likelihoods).toEqual(expected);
    expect(seen.outMax).toBe(6);
    expect(new Set(calls.map(({ target }) => target)).size).toBeGreaterThan(6);
  });

  it('makes at most eighteen calls where nothing fails, however many workers there are', async () => {
    const targets = Array.from({ length: 60 }, (_, index) => targetAt(`http://worker-${index}`));
    const { calls } = await score(() => 10, { targets });
    expect(calls.length).toBeLessThanOrEqual(18);
  });

  it.each<[string, Behaviour]>([
    ['dead', lostConnection],
    ['full', answeredFailure('overloaded', '')],
    ['hanging', 'hangs'],
  ])('asks the other worker for the documents of one that is %s', async (_name, behaviour) => {
    const { likelihoods, calls } = await score(at('http://a', behaviour));
    expect(likelihoods).toEqual(expected);
    expect(calls.map(({ target }) => target).sort()).toEqual(['http://a', 'http://b', 'http://b']);
  });

  it('asks a dead worker no more once three calls have failed, until it may be back', async () => {
    const fan = await start(at('http://a', lostConnection));
    for (let request = 0; request < 5; request += 1) await fan.run();
    const toDead = () => fan.calls.filter(({ target }) => target === 'http://a').length;
    expect(toDead()).toBe(3);
    fan.time.nowMs += 2_000;
    await fan.run();
    expect(toDead()).toBe(4);
  });

  it('goes to the nearest region alone, and to the next when its workers are gone', async () => {
    const targets = [targetAt('near-1', 'weur'), targetAt('near-2', 'weur'), targetAt('far', 'enam')];
    const changes = { targets, regions: ['weur', 'enam'] };
    const calm = await score(() => 10, changes);
    expect(calm.calls.map(({ target }) => target).sort()).toEqual(['near-1', 'near-2']);
    const { likelihoods, calls } = await score(({ target }) => (target.id === 'far' ? 10 : lostConnection), changes);
    expect(likelihoods).toEqual(expected);
    expect(calls.filter(({ ending }) => ending === 'scored').map(({ target }) => target)).toEqual(['far', 'far']);
  });

  it('spills over to another region while the nearest is known to be busy, and comes back', async () => {
    const targets = [targetAt('near-1', 'weur'), targetAt('near-2', 'weur'), targetAt('far', 'enam')];
    const fan = await start(() => 10, { targets, regions: ['weur', 'enam'] });
    const asked = async () => {
      const before = fan.calls.length;
      await fan.run();
      return fan.calls.slice(before).map(({ target }) => target);
    };
    expect((await asked()).sort()).toEqual(['near-1', 'near-2']);
    const answer = { characters: 300, tookMs: 10, computeMs: 9, load: { waitMs: 500, workMs: 5 } };
    fan.health.load.answered('near-2', answer);
    expect(await asked()).toEqual(['far']);
    fan.time.nowMs += 450;
    expect((await asked()).sort()).toEqual(['near-1', 'near-2']);
  });

  it('says 503 when every worker is dead', async () => {
    expect(await failure(() => lostConnection)).toMatchObject({ code: 'no_worker_available', retryAfterSeconds: 5 });
  });

  it('says 503 and names the adapter when its store is down', async () => {
    const error = new ServiceError('adapter_unavailable', 'Adapter "a" could not be loaded.');
    expect(await failure(() => answeredFailure('adapter-unavailable', '', error))).toMatchObject({
      code: 'adapter_unavailable',
      message: 'Adapter "a" could not be loaded.',
    });
  });

  it('says 429 when one worker is dead and the other full: waiting helps', async () => {
    expect(await failure(at('http://a', lostConnection, answeredFailure('overloaded', '')))).toMatchObject({
      code: 'overloaded',
    });
  });

  it('says 504 when every worker hangs until the deadline, and not later', async () => {
    const { code, message, time } = await failure(() => 'hangs');
    expect({ code, message }).toEqual({
      code: 'deadline_exceeded',
      message: 'The documents were not scored within deadline_ms, which is 10,000.',
    });
    expect(time.nowMs).toBeLessThanOrEqual(10_000);
  });

  it('gives the workers no more time than the caller gives, less what the answer needs', async () => {
    const { calls } = await score(() => 10, { deadlineMs: 1_500, reservedMs: 50, targets: [workerA] });
    expect(calls[0]?.deadlineAtMs).toBe(1_450);
  });

  it('drops every call when the caller goes', async () => {
    const caller = new AbortController();
    const fan = await start(() => 'hangs', { signal: caller.signal });
    fan.time.at(5, () => caller.abort());
    await expect(fan.run()).rejects.toMatchObject({ code: 'request_cancelled' });
    expect(fan.calls.map(({ ending }) => ending)).toEqual(['cancelled', 'cancelled']);
    expect(fan.logs).toEqual([]);
  });

  it('drops the other shards when one fails for good', async () => {
    const refused = answeredFailure('refused', '', new ServiceError('model_not_found'));
    const { code, calls } = await failure(at('http://a', refused, 'hangs'));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect([code, calls.map(({ ending }) => ending).sort()]).toEqual(['model_not_found', ['cancelled', 'failed']]);
  });
});

describe('scoreOnWorkers: with ten thousand documents', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `[-${index + 1}] document`);
  const digests = many.map((_, index) => Uint8Array.from({ length: 32 }, (__, byte) => index >> (8 * (byte % 2))));
  const request = { ...baseRequest, documents: many };
  const changes = { request, digests, deadlineMs: 300_000 };
  const wanted = many.map((_, index) => -(index + 1));
  const full = (retryAfterSeconds: number) =>
    answeredFailure('overloaded', '', new ServiceError('overloaded', undefined, { retryAfterSeconds }));
  /** A worker that holds so many documents at once, and takes a millisecond for each. */
  const holding =
    (documentsMax: number): Behave =>
    ({ target, request: { documents: asked } }, calls) => {
      const held = calls
        .filter(({ target: other, ending }) => other === target.id && ending === undefined)
        .reduce((sum, call) => sum + call.documents.length, 0);
      return held + asked.length > documentsMax ? full(1) : asked.length;
    };

  it('splits them into calls of bounded size, at most six at once, each document once', async () => {
    const { likelihoods, calls, seen } = await score(() => 10, changes);
    expect(likelihoods).toEqual(wanted);
    expect(seen.outMax).toBe(6);
    expect(calls.length).toBeLessThanOrEqual(102);
    for (const call of calls) expect(call.documents.length).toBeLessThanOrEqual(100);
    expect(new Set(calls.slice(0, 6).map(({ target }) => target)).size).toBe(2);
  });

  it('bounds the text of a call too', async () => {
    const wide = Array.from({ length: 24 }, (_, index) => `[-${index + 1}] ${'x'.repeat(400_000 - 20)}`);
    const { likelihoods, calls } = await score(() => 10, { request: { ...baseRequest, documents: wide } });
    expect(likelihoods).toEqual(expected);
    for (const call of calls) expect(call.documents.length).toBeLessThanOrEqual(2);
  });

  it('waits for workers that its own calls fill, and loses nothing', async () => {
    const { likelihoods, calls } = await score(holding(250), { ...changes, targets: [workerA] });
    expect(likelihoods).toEqual(wanted);
    const refused = calls.filter(({ ending }) => ending === 'failed').length;
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(calls.length / 2);
  });

  it('is refused at once where every worker is full already', async () => {
    const { code, retryAfterSeconds, time } = await failure(() => full(7), changes);
    expect([code, retryAfterSeconds]).toEqual(['overloaded', 7]);
    expect(time.nowMs).toBeLessThan(1_000);
  });

  it('waits no longer than its deadline for a worker that stays full', async () => {
    let scored = 0;
    const { code, time } = await failure(() => (scored++ < 3 ? 10 : full(60)), {
      ...changes,
      deadlineMs: 5_000,
      targets: [workerA],
    });
    expect(code).toBe('deadline_exceeded');
    expect(time.nowMs).toBeLessThanOrEqual(5_000);
  });

  it('ends its waiting when the caller goes', async () => {
    const caller = new AbortController();
    let scored = 0;
    const behave: Behave = () => (scored++ < 3 ? 10 : full(60));
    const fan = await start(behave, { ...changes, targets: [workerA], signal: caller.signal });
    fan.time.at(2_000, () => caller.abort());
    await expect(fan.run()).rejects.toMatchObject({ code: 'request_cancelled' });
    expect(fan.time.nowMs).toBeLessThanOrEqual(2_000);
  });

  it('asks for more documents at a time where a part of many is wanted', async () => {
    const { calls } = await score(() => 10, { ...changes, tolerated: ['timed-out'] });
    expect(calls.length).toBeLessThanOrEqual(210);
  });
});

describe('scoreOnWorkers: with failures that are tolerated', () => {
  it('gives what was scored by the deadline, and the failure of the rest', async () => {
    const slow: Behave = ({ documentIndices }) => (documentIndices.includes(0) ? 'hangs' : 10);
    const { likelihoods, failure: found, time } = await score(slow, { tolerated: ['timed-out'], reservedMs: 50 });
    const unscored = likelihoods.flatMap((one, index) => (one === undefined ? [index] : []));
    expect(unscored).toContain(0);
    expect(unscored.length).toBeLessThanOrEqual(8);
    expect([found?.reason, found?.error.code]).toEqual(['timed-out', 'deadline_exceeded']);
    expect(time.nowMs).toBe(9_950);
  });

  it('asks for few documents at a time, so that a single worker’s answer has parts too', async () => {
    const { calls } = await score(() => 10, { tolerated: ['timed-out'], targets: [workerA] });
    expect(calls.map((call) => call.documents.length)).toEqual([8, 8, 8]);
  });

  it('gives nothing but the failure where every worker is gone', async () => {
    const {
      likelihoods,
      failure: found,
      queryTokens,
    } = await score(() => lostConnection, { tolerated: ['unreachable'] });
    expect(likelihoods).toEqual(documents.map(() => undefined));
    expect([found?.error.code, queryTokens]).toEqual(['no_worker_available', 0]);
  });

  it('fails for what is not tolerated', async () => {
    expect(await failure(() => lostConnection, { tolerated: ['timed-out'] })).toMatchObject({
      code: 'no_worker_available',
    });
    const refused = answeredFailure('refused', '', new ServiceError('invalid_request'));
    expect(await failure(() => refused, { tolerated: ['timed-out', 'unreachable'] })).toMatchObject({
      code: 'invalid_request',
    });
  });
});

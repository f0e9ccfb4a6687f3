import { describe, expect, it } from 'vitest';
import type { WorkerCall } from '#edge/gpu-workers/call-gpu-worker.ts';
import { ConnectionSlots } from '#edge/gpu-workers/connection-slots.ts';
import type { FleetHealth } from '#edge/gpu-workers/fleet-health.ts';
import { type ShardJob, scoreShard } from '#edge/gpu-workers/score-shard.ts';
import { answeredFailure } from '#edge/gpu-workers/shard-outcome.ts';
import { scoreCallBody } from '#edge/testing/score-call-body.ts';
import { type Behaviour, lostConnection, type SeenCall, simulateFleet } from '#edge/testing/simulated-fleet.ts';
import { targetAt } from '#edge/testing/target-at.ts';
import { unrecordedSpan } from '#shared/tracing/trace-span.ts';

type Behave = (call: WorkerCall, calls: readonly SeenCall[]) => Behaviour;

const threeInOneRegion = [targetAt('a'), targetAt('b'), targetAt('c')] as const;
/** Usual milliseconds of a call in these tests; the p95 that hedges wait for. */
const usualMs = 100;

function start(behave: Behave, options: Partial<ShardJob> & { readonly isKnown?: boolean } = {}) {
  const fleet = simulateFleet(behave);
  const { isKnown = true, ...changes } = options;
  const documents = ['[-1] one', '[-2] two'];
  const characters = documents.join('').length;
  if (isKnown) for (let call = 0; call < 20; call += 1) fleet.health.latencies.record(characters, usualMs);
  const job: ShardJob = {
    shard: { targets: threeInOneRegion, documentIndices: [0, 1] },
    request: scoreCallBody(documents),
    deadlineAtMs: 10_000,
    signal: new AbortController().signal,
    requestId: 'r',
    trace: unrecordedSpan(undefined),
    homeRegion: 'unnamed',
    failedTargets: new Set(),
    slots: new ConnectionSlots(6),
    ...changes,
  };
  return { ...fleet, job, outcome: scoreShard(fleet.ports, job) };
}

async function score(behave: Behave, options: Parameters<typeof start>[1] = {}) {
  const race = start(behave, options);
  const outcome = await race.time.run(race.outcome);
  return { ...race, outcome, asked: race.calls.map(({ target }) => target), tookMs: race.time.nowMs };
}

const only =
  (targets: Readonly<Record<string, Behaviour>>, otherwise: Behaviour = usualMs): Behave =>
  ({ target }) =>
    targets[target.id] ?? otherwise;

/** Of a worker that has just answered, so that no hedge is free. */
function emptyBudget(health: FleetHealth) {
  health.ended('somewhere', 'success');
  while (health.affordsHedge(1, { id: 'somewhere', calledAtMs: 0 }));
}

describe('scoreShard: retries', () => {
  it('asks the second choice after a failure, at once, and tells its siblings about the first', async () => {
    const failedTargets = new Set<string>();
    const { outcome, asked, tookMs, logs } = await score(only({ a: lostConnection }), { failedTargets });
    expect([outcome.kind, asked, tookMs, [...failedTargets]]).toEqual(['scored', ['a', 'b'], usualMs, ['a']]);
    expect(logs).toMatchObject([{ event: 'worker_call_failed', worker: 'a', reason: 'unreachable' }]);
  });

  it('passes over a worker that a sibling found dead, or that is thought dead', async () => {
    const behave = only({ a: lostConnection });
    expect((await score(behave, { failedTargets: new Set(['b']) })).asked).toEqual(['a', 'c']);
    const race = start(behave);
    for (let failure = 0; failure < 3; failure += 1) race.health.ended('b', 'failure');
    await race.time.run(race.outcome);
    expect(race.calls.map(({ target }) => target)).toEqual(['a', 'c']);
  });

  it('asks a worker that failed before where every other one has', async () => {
    const { asked } = await score(only({ a: lostConnection }), { failedTargets: new Set(['b', 'c']) });
    expect(asked).toEqual(['a', 'b']);
  });

  it('asks at most twice in one region, and once more in the next', async () => {
    const full = answeredFailure('overloaded', '');
    const inOne = await score(() => full);
    expect([inOne.outcome, inOne.asked]).toMatchObject([{ reason: 'overloaded' }, ['a', 'b']]);
    const shard = {
      targets: [targetAt('a'), targetAt('b'), targetAt('far', 'enam')],
      documentIndices: [0, 1],
    } as const;
    const inTwo = await score(only({ far: usualMs }, lostConnection), { shard });
    expect([inTwo.outcome.kind, inTwo.asked]).toEqual(['scored', ['a', 'b', 'far']]);
  });

  it('asks another region after two workers of three in the first, and says there that it is a guest', async () => {
    const targets = [targetAt('a'), targetAt('b'), targetAt('c'), targetAt('far', 'enam')] as const;
    const guests: [string, boolean | undefined][] = [];
    const behave: Behave = ({ target, request }) => {
      guests.push([target.id, request.guest]);
      return target.id === 'far' ? usualMs : lostConnection;
    };
    const { outcome } = await score(behave, { shard: { targets, documentIndices: [0, 1] } });
    expect([outcome.kind, guests]).toEqual([
      'scored',
      [
        ['a', undefined],
        ['b', undefined],
        ['far', true],
      ],
    ]);
  });

  it('asks the only worker again, after a pause', async () => {
    const shard = { targets: [targetAt('a')], documentIndices: [0, 1] } as const;
    const { outcome, asked, tookMs } = await score((_, calls) => (calls.length === 0 ? lostConnection : usualMs), {
      shard,
    });
    expect([outcome.kind, asked, tookMs]).toEqual(['scored', ['a', 'a'], 200 + usualMs]);
  });

  it('asks the first of two once more where it met nobody at either: one was back as the other went', async () => {
    const { outcome, asked, tookMs } = await score((_, calls) => (calls.length < 2 ? lostConnection : usualMs));
    expect([outcome.kind, asked, tookMs]).toEqual(['scored', ['a', 'b', 'a'], 200 + usualMs]);
    expect((await score(() => lostConnection)).asked).toEqual(['a', 'b', 'a']);
  });

  it('asks nobody once more where one of the two said that it failed', async () => {
    const broken = answeredFailure('unreachable', '');
    expect((await score(only({ a: lostConnection }, broken))).asked).toEqual(['a', 'b']);
    expect((await score(only({ a: broken }, lostConnection))).asked).toEqual(['a', 'b']);
  });

  it('does not pause past the deadline', async () => {
    const shard = { targets: [targetAt('a')], documentIndices: [0, 1] } as const;
    const { asked, tookMs } = await score(() => 'hangs', { shard, deadlineAtMs: 1_000 });
    expect([asked, tookMs]).toEqual([['a'], 1_000]);
  });

  it('does not ask again what the request itself is refused for', async () => {
    const { outcome, asked } = await score(() => answeredFailure('refused', ''));
    expect([outcome, asked]).toMatchObject([{ reason: 'refused' }, ['a']]);
  });

  it('says the most telling of two failures', async () => {
    const full = answeredFailure('overloaded', '');
    expect((await score(only({ a: full }, lostConnection))).outcome).toMatchObject({ reason: 'overloaded' });
    expect((await score(only({ a: lostConnection }, full))).outcome).toMatchObject({ reason: 'overloaded' });
  });

  it('asks nobody after the deadline', async () => {
    const { outcome, asked } = await score(() => usualMs, { deadlineAtMs: 0 });
    expect([outcome, asked]).toMatchObject([{ reason: 'timed-out' }, []]);
  });

  it('asks nobody else once the caller has gone', async () => {
    const caller = new AbortController();
    const race = start(() => 'hangs', { signal: caller.signal, isKnown: false });
    race.time.at(50, () => caller.abort());
    expect(await race.time.run(race.outcome)).toMatchObject({ reason: 'cancelled' });
    expect(race.calls).toMatchObject([{ target: 'a', ending: 'cancelled' }]);
  });
});

describe('scoreShard: hedges', () => {
  it('asks another worker beside one that is later than 95 % of calls, and ends the one that lost', async () => {
    const { outcome, calls, tookMs, logs } = await score(only({ a: 'hangs' }));
    expect([outcome.kind, tookMs]).toEqual(['scored', 2 * usualMs]);
    expect(calls).toMatchObject([
      { target: 'a', atMs: 0, ending: 'cancelled' },
      { target: 'b', atMs: usualMs, ending: 'scored' },
    ]);
    expect(logs).toMatchObject([{ level: 'info', event: 'worker_call_hedged', worker: 'a', beside: 'b' }]);
  });

  it('takes the late answer where it comes first, and holds nothing against either', async () => {
    const { outcome, calls, tookMs, health } = await score(only({ a: usualMs + 30 }));
    expect([outcome.kind, tookMs]).toEqual(['scored', usualMs + 30]);
    expect(calls.map(({ ending }) => ending)).toEqual(['scored', 'cancelled']);
    expect(['a', 'b'].map((id) => health.isHealthy(id))).toEqual([true, true]);
  });

  it('asks nobody beside a call that is in time', async () => {
    expect((await score(() => usualMs - 1)).asked).toEqual(['a']);
  });

  it('asks a third worker, in another region, where two have said nothing to anybody since, and thinks them dead after three such races', async () => {
    const shard = {
      targets: [targetAt('a'), targetAt('b'), targetAt('c'), targetAt('far', 'enam')],
      documentIndices: [0, 1],
    } as const;
    const race = start(only({ far: usualMs }, 'hangs'), { shard });
    expect((await race.time.run(race.outcome)).kind).toBe('scored');
    expect(race.calls.map(({ target, atMs }) => [target, atMs])).toEqual([
      ['a', 0],
      ['b', usualMs],
      ['far', 2 * usualMs],
    ]);
    for (let lost = 0; lost < 2; lost += 1)
      await race.time.run(scoreShard(race.ports, { ...race.job, deadlineAtMs: 99_000 }));
    expect(['a', 'b', 'far'].map((id) => race.health.isHealthy(id))).toEqual([false, false, true]);
  });

  it('asks no third worker beside two of which one answers others', async () => {
    const shard = {
      targets: [targetAt('a'), targetAt('b'), targetAt('far', 'enam')],
      documentIndices: [0, 1],
    } as const;
    const race = start(only({ b: 500 }, 'hangs'), { shard });
    race.time.at(150, () => race.health.ended('b', 'success'));
    expect((await race.time.run(race.outcome)).kind).toBe('scored');
    expect(race.calls.map(({ target }) => target)).toEqual(['a', 'b']);
  });

  it('waits two seconds where it knows nothing of such calls', async () => {
    const { calls } = await score(only({ a: 'hangs' }), { isKnown: false });
    expect(calls.map(({ atMs }) => atMs)).toEqual([0, 2_000]);
  });

  it('counts a hedge as the retry when the late call fails', async () => {
    const { outcome, asked } = await score(({ target }) => (target.id === 'b' ? lostConnection : 'hangs'));
    expect([outcome, asked]).toMatchObject([{ reason: 'timed-out' }, ['a', 'b']]);
  });

  it('asks nobody beside it where the others are thought dead', async () => {
    const race = start(only({ a: 500 }));
    for (const id of ['b', 'c']) for (let failure = 0; failure < 3; failure += 1) race.health.ended(id, 'failure');
    await race.time.run(race.outcome);
    expect(race.calls).toHaveLength(1);
  });

  it('waits for a free connection and for budget', async () => {
    const slots = new ConnectionSlots(1);
    const full = await score(only({ a: 1_000 }), { slots });
    expect(full.asked).toEqual(['a']);
    const race = start(only({ a: 1_000 }));
    emptyBudget(race.health);
    // It answers others, so that it is slow and not dead.
    race.health.ended('a', 'success');
    race.time.at(500, () => race.health.called('elsewhere', 100));
    await race.time.run(race.outcome);
    expect(race.calls.map(({ atMs }) => atMs)).toEqual([0, 500]);
  });

  it('needs no budget beside a worker that has been silent since it was called, a tenth of a second after another such hedge', async () => {
    const race = start(only({ a: 'hangs' }));
    emptyBudget(race.health);
    const [shard, characters] = [{ targets: threeInOneRegion, documentIndices: [0] }, 8];
    for (let call = 0; call < 20; call += 1) race.health.latencies.record(characters, usualMs);
    const other = scoreShard(race.ports, {
      ...race.job,
      shard,
      request: { ...race.job.request, documents: ['[-3] two'] },
    });
    const outcomes = await race.time.run(Promise.all([race.outcome, other]));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['scored', 'scored']);
    expect(race.calls.map(({ target, atMs }) => [target, atMs])).toEqual([
      ['a', 0],
      ['a', 0],
      ['b', 100],
      ['b', 200],
    ]);
  });

  it('leaves a worker that others have found dead meanwhile, whatever the budget', async () => {
    const race = start(only({ a: 'hangs' }));
    emptyBudget(race.health);
    race.health.ended('a', 'success');
    race.time.at(300, () => {
      for (let failure = 0; failure < 3; failure += 1) race.health.ended('a', 'failure');
    });
    const outcome = await race.time.run(race.outcome);
    expect([outcome.kind, race.calls.map(({ atMs }) => atMs)]).toEqual(['scored', [0, 300]]);
  });

  it('gives a hanging worker 60 % of the time where no hedge is allowed, so that another one can finish', async () => {
    const race = start(only({ a: 'hangs' }), { slots: new ConnectionSlots(1) });
    expect((await race.time.run(race.outcome)).kind).toBe('scored');
    expect(race.calls).toMatchObject([
      { target: 'a', atMs: 0, deadlineAtMs: 6_000, ending: 'failed' },
      { target: 'b', atMs: 6_000, deadlineAtMs: 10_000 },
    ]);
  });
});

describe('scoreShard: what is learned of workers', () => {
  it('thinks a worker dead that lost three races, and gives it another chance later', async () => {
    const { health, time } = await score(only({ a: 'hangs' }));
    expect(health.isHealthy('a')).toBe(true);
    health.ended('a', 'slow');
    health.ended('a', 'slow');
    expect(health.isHealthy('a')).toBe(false);
    time.nowMs += 2_000;
    expect(health.isHealthy('a')).toBe(true);
  });

  it('remembers how long calls took', async () => {
    const { health, calls } = await score(() => 40, { isKnown: false });
    for (let call = 0; call < 9; call += 1) health.latencies.record(calls[0]?.documents.join('').length ?? 0, 40);
    expect(health.latencies.p95(16)).toBe(40);
  });

  it('gives every connection back, however its call ended', async () => {
    for (const behave of [only({}), only({ a: lostConnection }), only({ a: 'hangs' }), () => lostConnection]) {
      const slots = new ConnectionSlots(2);
      await score(behave, { slots });
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect([slots.tryAcquire(), slots.tryAcquire(), slots.tryAcquire()]).toEqual([true, true, false]);
    }
  });
});

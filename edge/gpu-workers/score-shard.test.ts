import { describe, expect, it } from 'vitest';
import { scoreShard } from '#edge/gpu-workers/score-shard.ts';
import { createFakeGpuWorkers, type Fault } from '#edge/testing/fake-gpu-worker.ts';
import { ManualClock } from '#edge/testing/manual-clock.ts';
import { testSigningKey } from '#edge/testing/test-secrets.ts';

async function score(fault: Fault, failedWorkers = new Set<string>(), deadlineMs = 1000) {
  const clock = new ManualClock();
  const { fetch, calls } = createFakeGpuWorkers(clock.now, fault);
  const { now, timeoutSignal, sleep } = clock;
  const outcome = await scoreShard(
    { fetch, now, timeoutSignal, sleep, signingKey: testSigningKey, log: () => undefined },
    {
      shard: { workers: ['http://a', 'http://b', 'http://c'], documentIndices: [0] },
      request: {
        model: 'm',
        query: 'q',
        documents: ['d'],
        max_tokens_per_doc: 1,
        include_target_log_likelihoods: false,
        include_calibration: false,
      },
      deadlineAtMs: clock.nowMs + deadlineMs,
      signal: new AbortController().signal,
      requestId: 'r',
      failedWorkers,
    },
  );
  return { outcome, asked: calls.map(({ worker }) => worker), failedWorkers };
}

const deadAt =
  (...workers: string[]): Fault =>
  (call) =>
    workers.includes(call.worker) ? Promise.reject(new Error('lost')) : undefined;

describe('scoreShard', () => {
  it('asks the second choice after a failure, and tells its siblings about the first', async () => {
    const { outcome, asked, failedWorkers } = await score(deadAt('http://a'));
    expect(outcome.kind).toBe('scored');
    expect(asked).toEqual(['http://a', 'http://b']);
    expect([...failedWorkers]).toEqual(['http://a']);
  });

  it('passes over a worker that a sibling found dead', async () => {
    const { asked } = await score(deadAt('http://a', 'http://b'), new Set(['http://b']));
    expect(asked).toEqual(['http://a', 'http://c']);
  });

  it('asks a worker that failed before where every other one has', async () => {
    const { asked } = await score(deadAt('http://a'), new Set(['http://b', 'http://c']));
    expect(asked).toEqual(['http://a', 'http://b']);
  });

  it('asks at most twice', async () => {
    const { outcome, asked } = await score(deadAt('http://a', 'http://b', 'http://c'));
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(asked).toHaveLength(2);
  });

  it('asks nobody after the deadline', async () => {
    const { outcome, asked } = await score(deadAt(), new Set(), 0);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'timed-out' });
    expect(asked).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { simulateWorker } from '#cli/capacity-plan/simulation/simulate-worker.ts';
import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';
import { seededRandom } from '#gpu-worker/training/seeded-random.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

/** So many tokens that the planner gives a thread one document at a time, as the textbook's server has it. */
const alone = 900;

const serviceMs = 10;

function hardwareOf(threads: number): HardwareProfile {
  return { ...idleHardware, threads, milliseconds: { ...idleHardware.milliseconds, prefixRun: serviceMs } };
}

/** Requests of one document each, by a Poisson process that fills this share of the threads. */
function poisson(count: number, share: number, threads: number): SimulatedRequest[] {
  const random = seededRandom(1, 'poisson', 0);
  let atMs = 0;
  return Array.from({ length: count }, (_, id) => {
    atMs -= (Math.log(1 - random.uniform()) * serviceMs) / (share * threads);
    return request(atMs, [{ id, tokens: alone, isKept: false }]);
  });
}

function request(atMs: number, documents: SimulatedRequest['documents']): SimulatedRequest {
  return { atMs, tenant: 't', documents, queryTokens: 1, hasAdapter: false, scoresQuery: false };
}

function latencies(calls: readonly SimulatedRequest[], doneAtMs: Float64Array): number[] {
  return calls.map(({ atMs }, index) => (doneAtMs[index] ?? Number.NaN) - atMs);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const exponential = () => {
  const random = seededRandom(2, 'exponential', 0);
  return () => -Math.log(1 - random.uniform());
};

describe('against queues with known answers', () => {
  it.each([0.3, 0.6, 0.8])('waits as long as M/D/1 at a load of %f', (share) => {
    const calls = poisson(20_000, share, 1);
    const { doneAtMs, busyMs } = simulateWorker({ calls, hardware: hardwareOf(1), noise: () => 1 });
    const waitMs = mean(latencies(calls, doneAtMs)) - serviceMs;
    // Pollaczek-Khinchine for a constant service time.
    const expectedMs = (share * serviceMs) / (2 * (1 - share));
    expect(waitMs / expectedMs).toBeGreaterThan(0.95);
    expect(waitMs / expectedMs).toBeLessThan(1.05);
    expect(busyMs).toBeCloseTo(20_000 * serviceMs, 3);
  });

  it('has the percentiles of M/M/1', () => {
    const calls = poisson(60_000, 0.6, 1);
    const { doneAtMs } = simulateWorker({ calls, hardware: hardwareOf(1), noise: exponential() });
    const sorted = latencies(calls, doneAtMs).sort((a, b) => a - b);
    for (const percentile of [0.5, 0.95, 0.99]) {
      const expectedMs = (-Math.log(1 - percentile) * serviceMs) / (1 - 0.6);
      const measured = sorted[Math.floor(percentile * sorted.length)] ?? Number.NaN;
      expect(measured / expectedMs).toBeGreaterThan(0.93);
      expect(measured / expectedMs).toBeLessThan(1.07);
    }
  });

  it.each([2, 4])('waits as long as M/M/%i, Erlang’s formula', (threads) => {
    const share = 0.7;
    const calls = poisson(30_000, share, threads);
    const { doneAtMs } = simulateWorker({ calls, hardware: hardwareOf(threads), noise: exponential() });
    const waitMs = mean(latencies(calls, doneAtMs)) - serviceMs;
    const expectedMs = (erlangC(threads, share) * serviceMs) / (threads * (1 - share));
    expect(waitMs / expectedMs).toBeGreaterThan(0.93);
    expect(waitMs / expectedMs).toBeLessThan(1.07);
  });
});

/** Probability that a call has to wait for one of c servers. */
function erlangC(servers: number, share: number): number {
  const load = servers * share;
  let term = 1;
  let sum = 0;
  for (let busy = 0; busy < servers; busy += 1) {
    sum += term;
    term *= load / (busy + 1);
  }
  const waiting = term / (1 - share);
  return waiting / (sum + waiting);
}

it('sends a kept document to the thread that has it, which computes no prefix', () => {
  const kept = Array.from({ length: 20 }, (_, id) => ({ id, tokens: 100, isKept: true }));
  const calls = [request(0, kept)];
  expect(simulateWorker({ calls, hardware: hardwareOf(2), noise: () => 1 }).busyMs).toBe(0);
});

it('computes no prefix of a kept document that comes again', () => {
  const again = { id: 1, tokens: 100, isKept: true };
  const calls = [request(0, [again]), request(1_000, [again])];
  const { busyMs } = simulateWorker({ calls, hardware: hardwareOf(1), noise: () => 1 });
  expect(busyMs).toBe(0);
});

it('takes calls one by one on the main thread, threads or not', () => {
  const hardware = { ...hardwareOf(8), milliseconds: { ...idleHardware.milliseconds, call: 5 } };
  const calls = Array.from({ length: 4 }, (_, id) => request(0, [{ id, tokens: 10, isKept: false }]));
  expect([...simulateWorker({ calls, hardware, noise: () => 1 }).doneAtMs]).toEqual([5, 10, 15, 20]);
});

it('answers every call, none before its work could be done, and does all work once', () => {
  const documents = fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 900 }) }), { minLength: 1, maxLength: 30 });
  const call = fc.record({ gapMs: fc.integer({ min: 0, max: 200 }), documents });
  fc.assert(
    fc.property(fc.array(call, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 4 }), (drawn, threads) => {
      let atMs = 0;
      let id = 0;
      const calls = drawn.map((one) => {
        atMs += one.gapMs;
        return request(
          atMs,
          one.documents.map(({ tokens }) => {
            id += 1;
            return { id, tokens, isKept: false };
          }),
        );
      });
      const { doneAtMs, busyMs } = simulateWorker({ calls, hardware: hardwareOf(threads), noise: () => 1 });
      expect(busyMs).toBeCloseTo(id * serviceMs, 3);
      for (const [index, { documents: own, atMs: from }] of calls.entries()) {
        const leastMs = (own.length * serviceMs) / threads;
        expect(doneAtMs[index]).toBeGreaterThanOrEqual(from + leastMs - 1e-3);
      }
    }),
    { numRuns: 50 },
  );
});

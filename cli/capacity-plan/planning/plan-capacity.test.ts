import { describe, expect, it } from 'vitest';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { type CapacityNeeds, planCapacity } from '#cli/capacity-plan/planning/plan-capacity.ts';
import { simulateLoad } from '#cli/capacity-plan/planning/simulate-load.ts';
import { workerCapacity } from '#cli/capacity-plan/planning/worker-capacity.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

const hardware: HardwareProfile = {
  ...idleHardware,
  threads: 2,
  milliseconds: {
    ...idleHardware.milliseconds,
    edge: 5,
    call: 1,
    document: 1,
    prefixRow: 0.1,
    suffixRun: 2,
    suffixRow: 0.1,
  },
};

const needs: CapacityNeeds = {
  workload: {
    requestsPerSecond: 20,
    documentsPerRequest: [4, 12],
    documentTokens: [60, 140, 220],
    queryTokens: [8, 16],
    adapterShare: 0,
    hitRate: 0.5,
  },
  hardware,
  scoreCacheRate: 0,
  adapters: 0,
  hotDocuments: null,
  p99Ms: null,
  workers: null,
  spare: 1,
  seed: 1,
};

const loadAt = (requestsPerSecond: number, workers: number) =>
  simulateLoad({ workload: { ...needs.workload, requestsPerSecond }, workers, hardware, seed: 1 });

describe('latencies', () => {
  it('are no shorter under more load', () => {
    const p99s = [2, 5, 10, 15, 19].map((rate) => loadAt(rate, 1).p99Ms);
    expect(p99s).toEqual(p99s.toSorted((a, b) => a - b));
  });

  it('are no longer with more workers', () => {
    const p99s = [1, 2, 4, 8, 16].map((workers) => loadAt(18, workers).p99Ms);
    expect(p99s).toEqual(p99s.toSorted((a, b) => b - a));
  });

  it('are those of a part of the fleet where it is larger than what one request meets', () => {
    expect(loadAt(36, 36)).toEqual(loadAt(18, 18));
  });
});

describe('a plan', () => {
  it('has the fewest workers that reach the target', () => {
    const p99Ms = 150;
    const plan = planCapacity({ ...needs, p99Ms });
    expect(plan.load.p99Ms).toBeLessThanOrEqual(p99Ms);
    expect(plan.workers).toBeGreaterThan(1);
    expect(planCapacity({ ...needs, p99Ms, workers: plan.workers - 1 }).load.p99Ms).toBeGreaterThan(p99Ms);
  });

  it('fills workers to 70 % where no target is named', () => {
    const plan = planCapacity({ ...needs, workload: { ...needs.workload, requestsPerSecond: 300 } });
    expect(plan.load.share).toBeLessThanOrEqual(0.7);
    const capacity = workerCapacity({ ...needs, workers: plan.workers - 1 });
    expect((300 * 8) / ((plan.workers - 1) * capacity)).toBeGreaterThan(0.7);
  });

  it('says what can be reached where the target cannot', () => {
    expect(() => planCapacity({ ...needs, p99Ms: 6 })).toThrow(
      /^No number of these workers has a p99 of 6 ms: \d+ of them/,
    );
  });

  it('says that a queue grows for ever', () => {
    const overloaded = { ...needs.workload, requestsPerSecond: 1_000 };
    expect(planCapacity({ ...needs, workload: overloaded, workers: 1 }).load.p99Ms).toBe(Number.POSITIVE_INFINITY);
  });

  it('pays for spare workers, and counts what the score cache answers as scored', () => {
    const plan = planCapacity({ ...needs, workers: 2 });
    expect(plan.costPerMillionDocuments).toBeCloseTo((3 * 1 * 1e6) / (20 * 8 * 3_600), 9);
    const cached = planCapacity({ ...needs, workers: 2, scoreCacheRate: 0.5 });
    expect(cached.costPerMillionDocuments).toBeCloseTo(plan.costPerMillionDocuments / 2, 9);
  });

  it('has as many workers as hot documents need memory', () => {
    const documentBytes = (140 + 17) * 1_000 + 16_384;
    const room = 0.9 * 1_000_000_000 - 220_000_000;
    const plan = planCapacity({ ...needs, hotDocuments: Math.floor((2.5 * room) / documentBytes) });
    expect(plan.memory).toMatchObject({ documentBytes, prefixBytesMax: room, workersMin: 3 });
    expect(plan.workers).toBe(3);
    expect(() => planCapacity({ ...needs, workers: 2, hotDocuments: 100_000 })).toThrow(
      /^The hot documents need 26 workers/,
    );
  });

  it('refuses a model that has no room', () => {
    const small = { ...hardware, memory: { ...hardware.memory, machine: 200_000_000 } };
    expect(() => planCapacity({ ...needs, hardware: small, adapters: 3 })).toThrow(
      'A worker needs 0.22 GB for tiny with 2 threads and 3 adapters, and 0.00 GB for one document; idle has 0.18 GB of 0.20 to give.',
    );
  });
});

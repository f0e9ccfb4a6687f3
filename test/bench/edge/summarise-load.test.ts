import { describe, expect, it } from 'vitest';
import type { Sample } from '#test/bench/edge/send-load.ts';
import { summariseLoad } from '#test/bench/edge/summarise-load.ts';

const sample = (milliseconds: number, change: Partial<Sample> = {}): Sample => ({
  milliseconds,
  status: 200,
  workerMs: undefined,
  cache: 'HIT',
  ...change,
});

describe('summariseLoad', () => {
  it('gives percentiles by nearest rank, whatever the order', () => {
    const samples = Array.from({ length: 200 }, (_, index) => sample(200 - index));
    expect(summariseLoad(samples, 4)).toEqual({
      requests: 200,
      requestsPerSecond: 50,
      p50Ms: 100,
      p95Ms: 190,
      p99Ms: 198,
      maxMs: 200,
      failed: 0,
      overheadP50Ms: null,
    });
  });

  it('counts failures, and what requests took beyond their worker', () => {
    const samples = [
      sample(10, { workerMs: 7 }),
      sample(20, { workerMs: 12, status: 503 }),
      sample(30, { workerMs: 10 }),
    ];
    expect(summariseLoad(samples, 1)).toMatchObject({ failed: 1, overheadP50Ms: 8 });
  });
});

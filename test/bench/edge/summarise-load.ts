import type { Sample } from '#test/bench/edge/send-load.ts';
import { percentile } from '#test/bench/percentile.ts';

export interface LoadSummary {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Other statuses than 200. */
  readonly failed: number;
  /** Median of what a request took beyond the slowest worker's own time; null where no worker was asked. */
  readonly overheadP50Ms: number | null;
}

/** What a load measured; percentiles by nearest rank. */
export function summariseLoad(samples: readonly Sample[], seconds: number): LoadSummary {
  const times = samples.map(({ milliseconds }) => milliseconds);
  const overheads = samples.flatMap(({ milliseconds, workerMs }) =>
    workerMs === undefined ? [] : [milliseconds - workerMs],
  );
  return {
    requests: samples.length,
    requestsPerSecond: samples.length / seconds,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    p99Ms: percentile(times, 0.99),
    maxMs: percentile(times, 1),
    failed: samples.filter(({ status }) => status !== 200).length,
    overheadP50Ms: overheads.length === 0 ? null : percentile(overheads, 0.5),
  };
}

import type { CallVerdict } from '#edge/gpu-workers/circuit-breaker.ts';
import type { ShardOutcome } from '#edge/gpu-workers/shard-outcome.ts';

export interface CallTimes {
  /** Milliseconds that the call was given. */
  readonly timeoutMs: number;
  /** Milliseconds in which 95 % of such calls are answered, where that is known. */
  readonly p95Ms: number | undefined;
}

/** Milliseconds in which any worker that lives should have answered, where nothing is known of such calls. */
const patienceUnknownMs = 10_000;

/** How many times the usual time a call must have been given before its silence speaks against the worker, and not against the caller's short deadline. */
const patienceFactor = 3;

/** What the end of a call says of the worker. No request may give a worker a bad name by itself: neither by a deadline of a millisecond nor by a text that it fails on. */
export function callVerdict(outcome: ShardOutcome, { timeoutMs, p95Ms }: CallTimes): CallVerdict {
  if (outcome.kind === 'scored') return 'success';
  if (outcome.answered) return outcome.reason === 'refused' ? 'success' : 'neutral';
  if (outcome.reason === 'unreachable') return 'failure';
  const patienceMs = p95Ms === undefined ? patienceUnknownMs : patienceFactor * p95Ms;
  return outcome.reason === 'timed-out' && timeoutMs >= patienceMs ? 'failure' : 'neutral';
}

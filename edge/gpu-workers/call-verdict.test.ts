import { describe, expect, it } from 'vitest';
import { callVerdict } from '#edge/gpu-workers/call-verdict.ts';
import type { CallVerdict } from '#edge/gpu-workers/circuit-breaker.ts';
import { answeredFailure, type ShardOutcome, shardFailure } from '#edge/gpu-workers/shard-outcome.ts';

const scored: ShardOutcome = {
  kind: 'scored',
  response: { model: 'm', template: 't', query_tokens: 1, scores: [], compute_ms: 1 },
};

describe('callVerdict', () => {
  it.each<[string, ShardOutcome, number, number | undefined, CallVerdict]>([
    ['scores', scored, 100, 10, 'success'],
    ['a refusal of the request', answeredFailure('refused', ''), 100, 10, 'success'],
    ['a full queue', answeredFailure('overloaded', ''), 100, 10, 'neutral'],
    ['a store that is away', answeredFailure('adapter-unavailable', ''), 100, 10, 'neutral'],
    ['a deadline that the worker itself saw pass', answeredFailure('timed-out', ''), 100, 10, 'neutral'],
    [
      'a fault inside the worker, which the text may have caused',
      answeredFailure('unreachable', ''),
      100,
      10,
      'neutral',
    ],
    ['a lost connection', shardFailure('unreachable', ''), 1, undefined, 'failure'],
    ['a caller who left', shardFailure('cancelled', ''), 100, 10, 'neutral'],
    ['silence for three times the usual time', shardFailure('timed-out', ''), 30, 10, 'failure'],
    ['silence for less, because of a short deadline', shardFailure('timed-out', ''), 29, 10, 'neutral'],
    ['silence for ten seconds where nothing is usual yet', shardFailure('timed-out', ''), 10_000, undefined, 'failure'],
    ['silence for less where nothing is usual yet', shardFailure('timed-out', ''), 9_999, undefined, 'neutral'],
  ])('takes %s for what it says of the worker (%#)', (_name, outcome, timeoutMs, p95Ms, verdict) => {
    expect(callVerdict(outcome, { timeoutMs, p95Ms })).toBe(verdict);
  });
});

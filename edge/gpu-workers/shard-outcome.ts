import { ServiceError } from '#shared/errors/service-error.ts';
import type { ScoreResponse } from '#shared/protocol/score.ts';

/** Why an attempt at a shard gave no scores. `refused`: the request's own fault, so no other worker is asked. */
export type FailureReason =
  | 'refused'
  | 'cancelled'
  | 'adapter-unavailable'
  | 'overloaded'
  | 'timed-out'
  | 'unreachable';

export interface ShardFailure {
  readonly kind: 'failed';
  readonly reason: FailureReason;
  /** What the caller sees if no other attempt succeeds. */
  readonly error: ServiceError;
  /** For the log only: what happened, without texts. */
  readonly detail: string;
  /** Whether the worker itself said so, and so is alive. */
  readonly answered: boolean;
}

export type ShardOutcome = { readonly kind: 'scored'; readonly response: ScoreResponse } | ShardFailure;

/** Seconds after which a caller may try again when no worker said anything better: about the time in which a dead worker is replaced. */
const retryAfterSecondsDefault = 5;

/** The failure of an attempt that got no answer of the worker; the public sentence follows from the reason. */
export function shardFailure(reason: FailureReason, detail: string): ShardFailure {
  return { kind: 'failed', reason, error: publicError(reason), detail, answered: false };
}

/** The failure that a worker answered, with what the caller is told of it. */
export function answeredFailure(
  reason: FailureReason,
  detail: string,
  error: ServiceError = publicError(reason),
): ShardFailure {
  return { kind: 'failed', reason, error, detail, answered: true };
}

/** Most telling first: when every attempt failed, this one's error is the answer. A full queue empties, so 429 is better news than 503. */
const tellingOrder: readonly FailureReason[] = [
  'refused',
  'cancelled',
  'adapter-unavailable',
  'overloaded',
  'timed-out',
  'unreachable',
];

/** The failure that tells the caller most. */
export function mostTelling(first: ShardFailure, second: ShardFailure): ShardFailure {
  return tellingOrder.indexOf(second.reason) < tellingOrder.indexOf(first.reason) ? second : first;
}

function publicError(reason: FailureReason): ServiceError {
  const options = { retryAfterSeconds: retryAfterSecondsDefault };
  switch (reason) {
    case 'cancelled':
      return new ServiceError('request_cancelled');
    case 'timed-out':
      return new ServiceError('deadline_exceeded');
    case 'overloaded':
      return new ServiceError('overloaded', undefined, options);
    case 'adapter-unavailable':
      return new ServiceError('adapter_unavailable', undefined, options);
    case 'refused':
    case 'unreachable':
      return new ServiceError('no_worker_available', undefined, options);
  }
}

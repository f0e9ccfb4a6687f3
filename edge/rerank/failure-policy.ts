import type { FailureReason } from '#edge/gpu-workers/shard-outcome.ts';
import type { RerankRequest } from '#shared/protocol/rerank-request.ts';

type Policy = RerankRequest['on_deadline'];

/** Failures of workers, for which `on_failure` speaks; a request that is refused or whose caller has gone is an error whatever it says. */
const failuresOfWorkers: readonly FailureReason[] = ['unreachable', 'overloaded', 'adapter-unavailable'];

/** Share of the deadline, and milliseconds, that are kept for the answer itself where a late answer is still to come in time. */
const answerShare = 0.1;
const answerMsMax = 50;

/** Failures after which the request still wants an answer. */
export function toleratedFailures({ on_deadline, on_failure }: RerankRequest): FailureReason[] {
  return [
    ...(on_deadline === 'error' ? [] : (['timed-out'] as const)),
    ...(on_failure === 'error' ? [] : failuresOfWorkers),
  ];
}

/** What the request wants after such a failure. */
export function policyFor({ on_deadline, on_failure }: RerankRequest, reason: FailureReason): Policy {
  return reason === 'timed-out' ? on_deadline : on_failure;
}

/** Milliseconds of the deadline that workers do not get, so that an answer without all scores still comes in time. */
export function answerReserveMs({ deadline_ms, on_deadline }: RerankRequest): number {
  return on_deadline === 'error' ? 0 : Math.ceil(Math.min(answerMsMax, deadline_ms * answerShare));
}

import { callGpuWorker } from '#edge/gpu-workers/call-gpu-worker.ts';
import type { Shard } from '#edge/gpu-workers/plan-shards.ts';
import { mostTelling, type ShardFailure, type ShardOutcome, shardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import type { ScoreRequest } from '#shared/protocol/score.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';

export interface ShardJob {
  readonly shard: Shard;
  /** Everything but the time. `documents` are the shard's. */
  readonly request: Omit<ScoreRequest, 'deadline_at_ms'>;
  /** Unix milliseconds after which nobody waits. */
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly traceContext?: TraceContext | undefined;
  /** Workers that failed during this request; shared by its shards, so that none retries on a worker that another found dead. */
  readonly failedWorkers: Set<string>;
}

/** Share of the remaining time that a first attempt gets while another worker could take over: a hanging worker leaves the second one 40 %. */
const firstAttemptShare = 0.6;

/** Milliseconds before the same worker is asked again: there is no other, and at once it would still be full or restarting. */
const sameWorkerPauseMs = 200;

/** Scores a shard with one retry: on the next worker that has not failed, or on the same one where there is no other. */
export async function scoreShard(ports: WorkerCallPorts, job: ShardJob): Promise<ShardOutcome> {
  const [preferred, ...others] = job.shard.workers;
  const first = await attempt(ports, job, preferred, others.length > 0 ? firstAttemptShare : 1);
  if (first.kind === 'scored' || !mayRetry(first)) return first;
  job.failedWorkers.add(preferred);
  const next = others.find((worker) => !job.failedWorkers.has(worker)) ?? others[0] ?? preferred;
  if (next === preferred) await ports.sleep(sameWorkerPauseMs);
  if (job.signal.aborted) return first;
  const second = await attempt(ports, job, next, 1);
  return second.kind === 'scored' ? second : mostTelling(first, second);
}

function mayRetry(failure: ShardFailure): boolean {
  return failure.reason !== 'refused' && failure.reason !== 'cancelled';
}

async function attempt(ports: WorkerCallPorts, job: ShardJob, worker: string, share: number): Promise<ShardOutcome> {
  const nowMs = ports.now();
  const timeoutMs = Math.ceil((job.deadlineAtMs - nowMs) * share);
  if (timeoutMs <= 0) return shardFailure('timed-out', 'the deadline passed before the call');
  const outcome = await callGpuWorker(ports, {
    worker,
    request: { ...job.request, deadline_at_ms: nowMs + timeoutMs },
    documentIndices: job.shard.documentIndices,
    timeoutMs,
    signal: job.signal,
    requestId: job.requestId,
    traceContext: job.traceContext,
  });
  if (outcome.kind === 'failed' && outcome.reason !== 'cancelled') {
    const { reason, detail } = outcome;
    ports.log({ level: 'warn', event: 'worker_call_failed', requestId: job.requestId, worker, reason, detail });
  }
  return outcome;
}

import { formatCount } from '#edge/format-count.ts';
import { type MergedScore, mergeScores, type ScoredShard } from '#edge/gpu-workers/merge-scores.ts';
import { planShards, type Shard } from '#edge/gpu-workers/plan-shards.ts';
import { scoreShard } from '#edge/gpu-workers/score-shard.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import type { ScoreRequest } from '#shared/protocol/score.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';

export interface ScoringJob {
  readonly workers: readonly string[];
  readonly request: Omit<ScoreRequest, 'deadline_at_ms'>;
  /** SHA-256 of each document, in order. */
  readonly digests: readonly Uint8Array[];
  /** Unix milliseconds at which the caller's request came. */
  readonly startedAtMs: number;
  /** Milliseconds after that, past which nobody waits. */
  readonly deadlineMs: number;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly traceContext?: TraceContext | undefined;
}

export interface ScoredDocuments {
  /** In the order of the request. */
  readonly scores: readonly MergedScore[];
  readonly queryTokens: number;
  /** Milliseconds of the slowest shard's own computing. */
  readonly workerMs: number;
  /** The workers' own, see the protocol; undefined where one does not say it or they differ. */
  readonly scoringFingerprint: string | undefined;
}

/**
 * Scores every document on the worker that it belongs to, all shards at once. All or nothing: the first shard that fails for good ends the others.
 * Throws ServiceError `no_worker_available`, `overloaded`, `deadline_exceeded`, `request_cancelled`, or what a worker refused the request for.
 */
export async function scoreOnWorkers(ports: WorkerCallPorts, job: ScoringJob): Promise<ScoredDocuments> {
  const { documents } = job.request;
  const shards = plan(job.workers, job.digests);
  const siblings = new AbortController();
  const signal = AbortSignal.any([job.signal, siblings.signal]);
  const failedWorkers = new Set<string>();
  const score = async (shard: Shard): Promise<ScoredShard> => {
    const shardDocuments = shard.documentIndices.map((index) => documents[index] ?? '');
    const request = { ...job.request, documents: shardDocuments };
    const { requestId, traceContext } = job;
    const deadlineAtMs = job.startedAtMs + job.deadlineMs;
    const trace = { requestId, traceContext };
    const outcome = await scoreShard(ports, { shard, request, deadlineAtMs, signal, ...trace, failedWorkers });
    if (outcome.kind === 'failed') throw outcome.reason === 'timed-out' ? pastDeadline(job.deadlineMs) : outcome.error;
    return { shard, response: outcome.response };
  };
  try {
    const scored = await Promise.all(shards.map(score));
    return {
      scores: mergeScores(documents.length, scored),
      queryTokens: scored[0]?.response.query_tokens ?? 0,
      workerMs: Math.max(0, ...scored.map(({ response }) => response.compute_ms)),
      scoringFingerprint: commonFingerprint(scored),
    };
  } finally {
    siblings.abort();
  }
}

function pastDeadline(deadlineMs: number): ServiceError {
  const message = `The documents were not scored within deadline_ms, which is ${formatCount(deadlineMs)}.`;
  return new ServiceError('deadline_exceeded', message, { param: 'deadline_ms' });
}

function commonFingerprint([first, ...others]: readonly ScoredShard[]): string | undefined {
  const fingerprint = first?.response.scoring_fingerprint;
  return others.every(({ response }) => response.scoring_fingerprint === fingerprint) ? fingerprint : undefined;
}

/** With one worker there is nothing to choose. */
function plan(workers: readonly string[], digests: readonly Uint8Array[]): Shard[] {
  const [only, ...others] = workers;
  if (only !== undefined && others.length === 0) {
    return [{ workers: [only], documentIndices: digests.map((_, index) => index) }];
  }
  return planShards(workers, digests, limits.workerConnectionsMax);
}

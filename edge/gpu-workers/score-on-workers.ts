import { formatCount } from '#edge/format-count.ts';
import { ConnectionSlots } from '#edge/gpu-workers/connection-slots.ts';
import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import { type MergedScore, mergeScores, type ScoredShard } from '#edge/gpu-workers/merge-scores.ts';
import { planFleet } from '#edge/gpu-workers/plan-fleet.ts';
import { type CallSize, planShards, type Shard, splitShards } from '#edge/gpu-workers/plan-shards.ts';
import { RequestPace } from '#edge/gpu-workers/request-pace.ts';
import { type FailureReason, mostTelling, type ShardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import type { ScoreRequest, ScoreTiming } from '#shared/protocol/score.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

export interface ScoringJob {
  readonly targets: readonly WorkerTarget[];
  /** Nearest first. */
  readonly regions: readonly string[];
  readonly request: Omit<ScoreRequest, 'deadline_at_ms'>;
  /** SHA-256 of each document, in order. */
  readonly digests: readonly Uint8Array[];
  /** Unix milliseconds at which the caller's request came. */
  readonly startedAtMs: number;
  /** Milliseconds after that, past which nobody waits. */
  readonly deadlineMs: number;
  /** Milliseconds of these that workers do not get. */
  readonly reservedMs: number;
  /** Failures for which whatever else was scored is still wanted. */
  readonly tolerated: readonly FailureReason[];
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** The span that the scoring is a part of. */
  readonly trace: TraceSpan;
  /** Connections that this job shares with others of its HTTP request; absent: all are its own. */
  readonly slots?: ConnectionSlots;
}

export interface ScoredDocuments {
  /** In the order of the request; undefined where a tolerated failure left a document without a score. */
  readonly scores: readonly (MergedScore | undefined)[];
  /** The failure that says most, where there were any. */
  readonly failure: ShardFailure | undefined;
  readonly queryTokens: number;
  /** Milliseconds of the slowest shard's own computing. */
  readonly workerMs: number;
  /** What they went into; undefined where the worker does not say it. */
  readonly workerTiming: ScoreTiming | undefined;
  /** The workers' own, see the protocol; undefined where one does not say it or they differ. */
  readonly scoringFingerprint: string | undefined;
}

/** Shards of one request at most: three rounds of connections. More would split documents that one worker scores quicker together. */
const shardsMax = 3 * limits.workerConnectionsMax;

/**
 * What one call holds: with all connections together a seventh of a worker's queue, so that several large requests find room beside each other; and the
 * text of at most six calls, each as a string and as bytes, is in the isolate's memory at once.
 */
const callSize: CallSize = { documents: 100, characters: 1_000_000 };

/** Documents of one call where a part of the answer is wanted too: a worker that runs out of time answers nothing of a call. */
const documentsPerTolerantCall = 8;

/** Calls that such a request is split into for this at most; the platform allows a thousand. */
const tolerantCallsMax = 200;

/**
 * Scores every document on the worker that it belongs to, over at most six connections at once. A failure that is not tolerated ends everything.
 * Throws ServiceError `no_worker_available`, `overloaded`, `adapter_unavailable`, `deadline_exceeded`, `request_cancelled`, or what a worker refused the
 * request for.
 */
export async function scoreOnWorkers(ports: FanOutPorts, job: ScoringJob): Promise<ScoredDocuments> {
  const { documents } = job.request;
  const siblings = new AbortController();
  const signal = AbortSignal.any([job.signal, siblings.signal]);
  const deadlineAtMs = job.startedAtMs + job.deadlineMs - job.reservedMs;
  const pace = new RequestPace(ports, { atOnceMax: limits.workerConnectionsMax, deadlineAtMs, signal });
  const shared = {
    deadlineAtMs,
    signal,
    requestId: job.requestId,
    trace: job.trace,
    homeRegion: job.regions[0],
    failedTargets: new Set<string>(),
    slots: job.slots ?? new ConnectionSlots(limits.workerConnectionsMax),
  };
  const score = async (shard: Shard): Promise<ScoredShard | ShardFailure> => {
    const shardDocuments = shard.documentIndices.map((index) => documents[index] ?? '');
    const outcome = await pace.score({
      ...shared,
      shard,
      request: { ...job.request, documents: shardDocuments },
    });
    if (outcome.kind === 'scored') return { shard, response: outcome.response };
    const failure = { ...outcome, error: outcome.reason === 'timed-out' ? pastDeadline(job) : outcome.error };
    if (!job.tolerated.includes(failure.reason)) throw failure.error;
    return failure;
  };
  try {
    const ended = await Promise.all(tracePlan(job, () => planJob(ports, job)).map(score));
    const scored = ended.filter((one) => 'shard' in one);
    const [slowest] = scored.toSorted((one, other) => other.response.compute_ms - one.response.compute_ms);
    return {
      scores: mergeScores(documents.length, scored),
      failure: ended.filter((one) => 'kind' in one).reduce<ShardFailure | undefined>(worse, undefined),
      queryTokens: scored[0]?.response.query_tokens ?? 0,
      workerMs: slowest?.response.compute_ms ?? 0,
      workerTiming: slowest?.response.timing,
      scoringFingerprint: commonFingerprint(scored),
    };
  } finally {
    siblings.abort();
  }
}

function planJob({ health }: FanOutPorts, { targets, regions, digests, tolerated, request }: ScoringJob): Shard[] {
  const lengths = request.documents.map(({ length }) => length);
  const characters = lengths.reduce((sum, length) => sum + length, 0);
  const outlook = (group: readonly WorkerTarget[]) => health.load.outlook(group, characters);
  const fleet = planFleet(targets, regions, (id) => health.isHealthy(id), outlook);
  const shards = planShards(fleet, digests, shardsMax);
  const few = Math.max(documentsPerTolerantCall, Math.ceil(lengths.length / tolerantCallsMax));
  const size = tolerated.length === 0 ? callSize : { ...callSize, documents: Math.min(few, callSize.documents) };
  return splitShards(shards, size, lengths);
}

function tracePlan({ trace }: ScoringJob, plan: () => Shard[]): Shard[] {
  const span = trace.start('plan');
  const shards = plan();
  const workers = new Set(shards.map(({ targets: [first] }) => first.id));
  span.set({ 'hintrank.calls': shards.length, 'hintrank.workers': workers.size });
  span.end();
  return shards;
}

function worse(first: ShardFailure | undefined, second: ShardFailure): ShardFailure {
  return first === undefined ? second : mostTelling(first, second);
}

function pastDeadline({ deadlineMs }: ScoringJob): ServiceError {
  const message = `The documents were not scored within deadline_ms, which is ${formatCount(deadlineMs)}.`;
  return new ServiceError('deadline_exceeded', message, { param: 'deadline_ms' });
}

function commonFingerprint([first, ...others]: readonly ScoredShard[]): string | undefined {
  const fingerprint = first?.response.scoring_fingerprint;
  return others.every(({ response }) => response.scoring_fingerprint === fingerprint) ? fingerprint : undefined;
}

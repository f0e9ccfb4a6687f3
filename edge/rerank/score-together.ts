import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import { type ScoredDocuments, type ScoringJob, scoreOnWorkers } from '#edge/gpu-workers/score-on-workers.ts';
import type { ScoringState } from '#edge/rerank/scoring-state.ts';
import type { CacheUse } from '#edge/score-cache/cache-use.ts';
import type { Settled } from '#edge/score-cache/shared-computations.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';
import { inSpan } from '#shared/tracing/in-span.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

export interface SharedScoring {
  readonly job: ScoringJob;
  readonly use: CacheUse;
  /** Who may share: equal for requests of one tenant, query and model. */
  readonly scope: string;
  readonly runInBackground: (work: Promise<unknown>) => void;
}

/** Share of the remaining time after which a computation of another request is taken for lost. */
const patienceShare = 0.5;

/** scoreOnWorkers, once for all equal requests of this isolate that overlap. Whoever refuses what is kept gets an answer of their own here too. */
export function scoreTogether(
  state: ScoringState,
  ports: FanOutPorts,
  scoring: SharedScoring,
): Promise<ScoredDocuments> {
  const { trace, digests } = scoring.job;
  return inSpan(trace, 'score', { 'hintrank.documents': digests.length }, (span) =>
    scoreInSpan(state, ports, scoring, span),
  );
}

async function scoreInSpan(
  { computations }: ScoringState,
  ports: FanOutPorts,
  { job, use, scope, runInBackground }: SharedScoring,
  span: TraceSpan,
): Promise<ScoredDocuments> {
  const score = (signal: AbortSignal) => {
    // Not where another request's computation is joined: the calls are in that request's trace.
    span.set({ 'hintrank.computed': true });
    return scoreOnWorkers(ports, { ...job, trace: span, signal });
  };
  if (!use.read) return score(job.signal);
  return computations.run({
    key: await keyOf(scope, job),
    signal: job.signal,
    patience: () => {
      const remainingMs = job.startedAtMs + job.deadlineMs - ports.now();
      return ports.timeoutSignal(Math.max(0, Math.ceil(remainingMs * patienceShare)));
    },
    runInBackground,
    compute: score,
    accepts: concernsAll,
  });
}

/** The documents by their digests: a large request is not written out a second time. */
function keyOf(
  scope: string,
  { request: { documents: _, ...request }, digests, tolerated }: ScoringJob,
): Promise<string> {
  const names = digests.map((digest) => btoa(String.fromCharCode(...digest)));
  return digestBody(new TextEncoder().encode(JSON.stringify([scope, request, names, tolerated])));
}

/** A deadline that passed, and a caller that left, concern the one request alone. */
function concernsAll(ending: Settled<ScoredDocuments>): boolean {
  if (ending.kind === 'result') return ending.result.failure?.reason !== 'timed-out';
  const { error } = ending;
  const codes: readonly string[] = ['deadline_exceeded', 'request_cancelled'];
  return !(error instanceof ServiceError && codes.includes(error.code));
}

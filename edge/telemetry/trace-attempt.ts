import type { ShardOutcome } from '#edge/gpu-workers/shard-outcome.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

export interface AttemptStart {
  readonly target: WorkerTarget;
  /** From 1, over the calls of one shard. */
  readonly attempt: number;
  /** Beside a call that is late. */
  readonly isHedge: boolean;
  readonly documents: number;
}

/** Starts the span of a call to a worker; its headers go with the call. */
export function startAttempt(trace: TraceSpan, { target, attempt, isHedge, documents }: AttemptStart): TraceSpan {
  if (!trace.isRecording) return trace;
  return trace.start('call worker', {
    kind: 'client',
    attributes: {
      'server.address': new URL(target.url).host,
      'hintrank.region': target.region,
      'hintrank.shard': target.shard,
      'hintrank.attempt': attempt,
      'hintrank.hedge': isHedge,
      'hintrank.documents': documents,
    },
  });
}

/** Ends it: `abandoned` where another call won, or the worker was found dead meanwhile. */
export function endAttempt(span: TraceSpan, outcome: ShardOutcome | 'abandoned'): void {
  if (!span.isRecording) return;
  const name = outcome === 'abandoned' ? outcome : outcome.kind === 'scored' ? outcome.kind : outcome.reason;
  const isFault = !['abandoned', 'scored', 'cancelled'].includes(name);
  span.set({ 'hintrank.outcome': name });
  span.end(isFault ? { error: name } : {});
}

import type { JobEnd } from '#gpu-worker/training-service/run-job.ts';
import type { TrainingLease } from '#shared/protocol/training-work.ts';
import type { Tracing } from '#shared/tracing/create-tracing.ts';
import { traceIdOf } from '#shared/tracing/trace-context.ts';
import { type TraceSpan, unrecordedSpan } from '#shared/tracing/trace-span.ts';

/** The span of a job in the hands of this worker, a part of the request that made the job: of each lease there is one. */
export function startJobSpan(tracing: Tracing | undefined, lease: TrainingLease): TraceSpan {
  const { traceparent } = lease;
  const caller = traceparent !== undefined && traceIdOf(traceparent) !== undefined ? { traceparent } : undefined;
  if (tracing === undefined) return unrecordedSpan(caller);
  return tracing.startRequest('training job', caller, {
    kind: 'consumer',
    attributes: {
      'hintrank.job': lease.job_id,
      'hintrank.lease': lease.lease,
      'hintrank.attempt': lease.attempt,
      'hintrank.from_step': lease.checkpoint?.step ?? 0,
    },
  });
}

/** Ends that are nobody's fault. */
const goodEnds: readonly string[] = ['completed', 'cancelled', 'released'] satisfies JobEnd[];

/** Ends it, and sends what there is of the trace. */
export function endJobSpan(span: TraceSpan, end: JobEnd | 'dropped', tracing: Tracing | undefined): void {
  span.set({ 'hintrank.end': end });
  span.end(goodEnds.includes(end) ? {} : { error: end });
  void tracing?.flush();
}

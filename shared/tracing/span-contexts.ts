import { createTraceState, type SpanContext } from '@opentelemetry/api';
import type { TraceContext } from '#shared/tracing/trace-context.ts';

/** The headers' trace as the SDK reads it; `traceContext` must be valid (readTraceContext). */
export function toSpanContext({ traceparent, tracestate }: TraceContext): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const traceState = tracestate === undefined ? undefined : createTraceState(tracestate);
  return {
    traceId,
    spanId,
    // Of the flags, only the first bit (sampled) has a meaning that all versions share.
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(traceState === undefined ? {} : { traceState }),
  };
}

/** The headers that make whoever gets them a part of this span. */
export function toTraceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const flags = traceFlags.toString(16).padStart(2, '0');
  const tracestate = traceState?.serialize() ?? '';
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(tracestate === '' ? {} : { tracestate }) };
}

import {
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { toSpanContext, toTraceContext } from '#shared/tracing/span-contexts.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';
import {
  type SpanAttributes,
  type SpanEnd,
  type SpanStart,
  type TraceSpan,
  unrecordedSpan,
} from '#shared/tracing/trace-span.ts';

/** What spans are made with. */
export interface SpanMaker {
  readonly tracer: Tracer;
  /** Unix milliseconds. */
  readonly now: () => number;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER } as const;

/** Starts a span under `parent`, or a new trace; an unrecorded one where the sampler says no. */
export function startSpan(
  maker: SpanMaker,
  name: string,
  parent: SpanContext | undefined,
  start: SpanStart = {},
): TraceSpan {
  const span = maker.tracer.startSpan(
    name,
    {
      kind: start.kind === undefined ? SpanKind.INTERNAL : kinds[start.kind],
      startTime: toHrTime(start.startedAtMs ?? maker.now()),
      attributes: start.attributes ?? {},
      links: (start.links ?? []).flatMap(({ context }) => (context ? [{ context: toSpanContext(context) }] : [])),
    },
    parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
  );
  return span.isRecording() ? new RecordedSpan(maker, span) : unrecordedSpan(toTraceContext(span.spanContext()));
}

class RecordedSpan implements TraceSpan {
  readonly isRecording = true;
  readonly context: TraceContext;
  readonly #maker: SpanMaker;
  readonly #span: Span;

  constructor(maker: SpanMaker, span: Span) {
    this.#maker = maker;
    this.#span = span;
    this.context = toTraceContext(span.spanContext());
  }

  start(name: string, start?: SpanStart): TraceSpan {
    return startSpan(this.#maker, name, this.#span.spanContext(), start);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes);
  }

  end({ error, endedAtMs }: SpanEnd = {}): void {
    if (!this.#span.isRecording()) return;
    if (error !== undefined) this.#span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end(toHrTime(endedAtMs ?? this.#maker.now()));
  }
}

/** Seconds and nanoseconds: the SDK takes small plain numbers for another clock's. */
function toHrTime(unixMs: number): HrTime {
  const seconds = Math.floor(unixMs / 1_000);
  return [seconds, Math.min(999_999_999, Math.round((unixMs - seconds * 1_000) * 1_000_000))];
}

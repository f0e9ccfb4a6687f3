import type { TraceContext } from '#shared/tracing/trace-context.ts';

/** What is known of a span. Never a text, a key or a name of a caller's. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  /** `server`: answers a call; `client`: makes one; `consumer`: does work that was queued. Default: none of them. */
  readonly kind?: 'server' | 'client' | 'consumer';
  readonly attributes?: SpanAttributes;
  /** Spans of other requests that shared this work. */
  readonly links?: readonly TraceSpan[];
  /** Unix milliseconds; default: now. */
  readonly startedAtMs?: number;
}

export interface SpanEnd {
  /** Code or kind of what went wrong; the span then counts as failed. */
  readonly error?: string;
  /** Unix milliseconds; default: now. */
  readonly endedAtMs?: number;
}

/** A part of a request, from its start to its end. */
export interface TraceSpan {
  /** What calls send on, so that theirs become parts of this one; undefined where there is no trace. */
  readonly context: TraceContext | undefined;
  /** Whether anything of it is kept. */
  readonly isRecording: boolean;
  /** Starts a part of this one. */
  start(name: string, start?: SpanStart): TraceSpan;
  set(attributes: SpanAttributes): void;
  /** Only the first call counts. */
  end(end?: SpanEnd): void;
}

/** A span of which nothing is kept: its calls send on what the caller sent, as it came. */
export function unrecordedSpan(context: TraceContext | undefined): TraceSpan {
  const span: TraceSpan = {
    context,
    isRecording: false,
    start: () => span,
    set: () => undefined,
    end: () => undefined,
  };
  return span;
}

import type { Logger } from 'pino';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

/** What middleware leaves for the routes of one call. */
export interface CallContext {
  Variables: {
    requestId: string;
    log: Logger;
    /** The body, read once, within the limit and under a checked signature. */
    body: Uint8Array;
    /** Unix milliseconds when the call came in. */
    startedAtMs: number;
    /** Code of the error that the call is answered with. */
    errorCode: string | undefined;
    /** Span of the call; unset where tracing is off. */
    trace: TraceSpan | undefined;
  };
}

/** The caller's place in its trace, as W3C Trace Context writes it. */
export interface TraceContext {
  /** `00-TRACE_ID-PARENT_ID-FLAGS`. */
  readonly traceparent: string;
  /** Vendors' own data about the trace. */
  readonly tracestate?: string;
}

/** Version, trace id, parent id, flags; a later version may have more fields, which start with a dash (W3C Trace Context, 3.2). */
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?=-|$)/;

/** Characters of a traceparent that are passed on: twice version 00's 55, for what later versions append. */
const traceparentCharactersMax = 110;

/** Characters of tracestate that a service should at least pass on (W3C Trace Context, 3.3.1.5); a longer one is left out whole. */
const tracestateCharactersMax = 512;

/** The headers' trace, as it came; undefined where there is none or it is malformed. Without a valid traceparent, tracestate means nothing. */
export function readTraceContext(headers: Pick<Headers, 'get'>): TraceContext | undefined {
  const traceparent = headers.get('traceparent')?.trim() ?? '';
  if (traceIdOf(traceparent) === undefined) return undefined;
  const tracestate = headers.get('tracestate')?.trim() ?? '';
  const passedOn = tracestate !== '' && tracestate.length <= tracestateCharactersMax;
  return { traceparent, ...(passedOn ? { tracestate } : {}) };
}

/** The 32 hex digits that all of a trace's calls share; undefined where the traceparent is malformed. */
export function traceIdOf(traceparent: string): string | undefined {
  if (traceparent.length > traceparentCharactersMax) return undefined;
  if (traceparent.startsWith('00-') && traceparent.length !== 55) return undefined;
  return traceparentPattern.exec(traceparent)?.[1];
}

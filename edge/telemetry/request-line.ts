import type { StreamEnd } from '#edge/http/watch-stream.ts';
import type { LogEntry } from '#edge/log.ts';
import type { RequestLogSettings } from '#edge/telemetry/request-log-settings.ts';
import type { RequestMeasures } from '#edge/telemetry/request-measures.ts';

/** What is known of a fault beside its code. */
export interface RequestFault {
  readonly level: 'warn' | 'error';
  /** Of its cause; undefined where there is none. An error's own sentence may name what is the caller's, and its code says the same. */
  readonly message: string | undefined;
  readonly stack: string | undefined;
}

/** A request whose answer is over. Nothing in it is a text, a key, a header or a name of the caller's. */
export interface EndedRequest {
  readonly requestId: string;
  /** Of the caller's trace, or of our own; undefined where there is none. */
  readonly traceId: string | undefined;
  readonly method: string;
  /** `/v1/adapters/:name`; undefined where no route took it. */
  readonly route: string | undefined;
  readonly status: number;
  /** Of the error table; undefined where there was no error. */
  readonly code: string | undefined;
  /** Until the answer began; undefined where the request came to no clock, the configuration being bad. */
  readonly answeredMs: number | undefined;
  /** Until its last byte. */
  readonly endedMs: number | undefined;
  /** `hit`, `partial`, `miss`; undefined where nothing was scored. */
  readonly cache: string | undefined;
  /** How the answer falls short of what was asked, as X-Degraded says it; undefined where it does not. */
  readonly degraded: string | undefined;
  readonly measures: RequestMeasures | undefined;
  /** Ids of whoever called; undefined where no known key was sent. */
  readonly caller: { readonly tenantId: string; readonly id: string } | undefined;
  /** Two letters; undefined where the platform does not say. */
  readonly continent: string | undefined;
  /** undefined where the answer was no fault of ours. */
  readonly fault: RequestFault | undefined;
  /** undefined where the answer was no stream. */
  readonly streamEnd: StreamEnd | undefined;
}

/** Whether the settings want a line of it. A fault always has one: it is written nowhere else. */
export function wantsLine({ level, slowMs }: RequestLogSettings, request: EndedRequest): boolean {
  if (request.fault !== undefined || request.status >= 500 || level === 'all') return true;
  if (level === 'faults') return false;
  const isSlow = (request.answeredMs ?? 0) >= slowMs;
  return request.status >= 400 || request.degraded !== undefined || request.streamEnd === 'broken' || isSlow;
}

/** The one line of a request. Counts that are 0 are left out. */
export function requestLine(request: EndedRequest): LogEntry {
  const { fault, measures, caller, streamEnd } = request;
  const { calls, documents, regions } = measures ?? {};
  return {
    level: fault?.level ?? (streamEnd === 'broken' ? 'warn' : 'info'),
    event: 'request',
    requestId: request.requestId,
    traceId: request.traceId,
    method: request.method,
    route: request.route,
    status: request.status,
    code: request.code,
    ms: request.endedMs,
    stream: streamEnd,
    tenant: caller?.tenantId,
    keyId: caller?.id,
    continent: request.continent,
    documents: documents?.count,
    cached: documents?.cached,
    cache: request.cache,
    degraded: request.degraded,
    calls: positive(calls?.call),
    retries: positive(calls?.retry),
    hedges: positive(calls?.hedge),
    failedCalls: positive(calls?.failure),
    regions: regions === undefined || regions.size === 0 ? undefined : [...regions],
    message: fault?.message,
    stack: fault?.stack,
  };
}

function positive(count: number | undefined): number | undefined {
  return count === 0 ? undefined : count;
}

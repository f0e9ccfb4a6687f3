import type { Context } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { requestPlace } from '#edge/http/request-place.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import type { RerankCall } from '#edge/rerank/rerank-call.ts';
import { readCacheUse } from '#edge/score-cache/cache-use.ts';
import type { CountCall, RequestMeasures } from '#edge/telemetry/request-measures.ts';
import { readTraceContext } from '#shared/tracing/trace-context.ts';
import { unrecordedSpan } from '#shared/tracing/trace-span.ts';

/** On whose behalf a request has documents scored, and what its headers say of how. */
export function readRerankCaller(context: Context<AppEnvironment>): Omit<RerankCall, 'request' | 'texts' | 'slots'> {
  return {
    tenantId: context.var.apiKey.tenantId,
    origin: new URL(context.req.url).origin,
    requestId: context.var.requestId,
    countCall: countCalls(context.var.measures),
    trace: context.var.trace ?? unrecordedSpan(readTraceContext(context.req.raw.headers)),
    startedAtMs: context.var.startedAtMs,
    place: requestPlace(context.req.raw),
    signal: context.req.raw.signal,
    cacheUse: readCacheUse(context.req.header('cache-control') ?? null),
    runInBackground: runInBackground(context),
  };
}

function countCalls({ calls, regions }: RequestMeasures): CountCall {
  return (event, region) => {
    calls[event] += 1;
    regions.add(region);
  };
}

import type { Context } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import type { RequestPlace } from '#edge/gpu-workers/order-regions.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import type { RerankCall } from '#edge/rerank/rerank-call.ts';
import { readCacheUse } from '#edge/score-cache/cache-use.ts';
import type { RequestMeasures } from '#edge/telemetry/request-measures.ts';
import { readTraceContext } from '#shared/tracing/trace-context.ts';
import { unrecordedSpan } from '#shared/tracing/trace-span.ts';

/** On whose behalf a request has documents scored, and what its headers say of how. */
export function readRerankCaller(context: Context<AppEnvironment>): Omit<RerankCall, 'request' | 'texts' | 'slots'> {
  return {
    tenantId: context.var.apiKey.tenantId,
    origin: new URL(context.req.url).origin,
    requestId: context.var.requestId,
    ...countCalls(context.var.measures),
    trace: context.var.trace ?? unrecordedSpan(readTraceContext(context.req.raw.headers)),
    startedAtMs: context.var.startedAtMs,
    place: placeOf(context.req.raw),
    signal: context.req.raw.signal,
    cacheUse: readCacheUse(context.req.header('cache-control') ?? null),
    runInBackground: runInBackground(context),
  };
}

function countCalls(measures: RequestMeasures | undefined): Pick<RerankCall, 'countCall'> {
  if (measures === undefined) return {};
  const { calls } = measures;
  return {
    countCall: (event) => {
      calls[event] += 1;
    },
  };
}

/** `request.cf`, which the Workers runtime adds and other runtimes do not have. */
function placeOf(request: Request): RequestPlace | undefined {
  return 'cf' in request ? (request.cf as RequestPlace | undefined) : undefined;
}

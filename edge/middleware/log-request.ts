import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import { continentOf } from '#edge/http/request-place.ts';
import { requestTrace } from '#edge/http/request-trace.ts';
import { routePattern } from '#edge/http/route-pattern.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import type { StreamEnd } from '#edge/http/watch-stream.ts';
import type { Log } from '#edge/log.ts';
import { type EndedRequest, requestLine, wantsLine } from '#edge/telemetry/request-line.ts';
import { requestLogDefaults } from '#edge/telemetry/request-log-settings.ts';
import { traceIdOf } from '#shared/tracing/trace-context.ts';

/** What middleware behind this one has left; all of it is missing where the configuration is bad. */
type Left = Partial<Context<AppEnvironment>['var']>;

/** Writes the request's line when its answer is over, that of a stream with its end. It comes first, so that what fails behind it has a line too. */
export function logRequest(log: Log) {
  return createMiddleware<AppEnvironment>(async (context, next) => {
    await next();
    const left: Left = context.var;
    const answeredMs = elapsedMs(left);
    const write = (streamEnd?: StreamEnd) => {
      const request = { ...describe(context, left), answeredMs, endedMs: elapsedMs(left), streamEnd };
      if (wantsLine(left.dependencies?.environment.requestLog ?? requestLogDefaults, request))
        log(requestLine(request));
    };
    if (left.streamEnd === undefined) write();
    else runInBackground(context)(left.streamEnd.then(write));
  });
}

function elapsedMs({ dependencies, startedAtMs }: Left): number | undefined {
  return dependencies === undefined || startedAtMs === undefined ? undefined : dependencies.now() - startedAtMs;
}

function describe(
  context: Context<AppEnvironment>,
  { requestId = 'none', measures, apiKey, errorCode, fault }: Left,
): Omit<EndedRequest, 'answeredMs' | 'endedMs' | 'streamEnd'> {
  const { res, req } = context;
  const trace = requestTrace(context);
  return {
    requestId,
    traceId: trace === undefined ? undefined : traceIdOf(trace.traceparent),
    method: req.method,
    route: routePattern(context),
    status: res.status,
    code: errorCode,
    cache: res.headers.get('x-cache')?.toLowerCase(),
    degraded: res.headers.get('x-degraded') ?? undefined,
    measures,
    caller: apiKey,
    continent: continentOf(req.raw),
    fault,
  };
}

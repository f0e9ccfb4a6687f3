import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import { routePattern } from '#edge/http/route-pattern.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import { errorName } from '#shared/tracing/in-span.ts';
import { readTraceContext } from '#shared/tracing/trace-context.ts';

/** The request's span, under the caller's, sent after the answer. Where tracing is off it does nothing. */
export const traceRequest = createMiddleware<AppEnvironment>(async (context, next) => {
  const { tracing } = context.var.dependencies;
  if (tracing === undefined) return next();
  const { method, raw } = context.req;
  const route = routePattern(context);
  const span = tracing.startRequest(
    [method, route].filter((word) => word !== undefined).join(' '),
    readTraceContext(raw.headers),
    {
      attributes: {
        'http.request.method': method,
        'http.route': route,
        'hintrank.request_id': context.var.requestId,
      },
    },
  );
  context.set('trace', span);
  await next();
  const { error, res } = context;
  span.set({
    'http.response.status_code': res.status,
    'hintrank.error': error === undefined ? undefined : errorName(error),
    'hintrank.cache': res.headers.get('x-cache')?.toLowerCase(),
  });
  span.end(res.status >= 500 ? { error: error === undefined ? String(res.status) : errorName(error) } : {});
  runInBackground(context)(tracing.flush());
});

import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import { readTraceContext, traceIdOf } from '#shared/tracing/trace-context.ts';

/** One line a call: id, the caller's trace, route, status, milliseconds. Never a header or a body: they hold signatures and texts. Probes are logged at `debug` only. */
export function logCall(logger: Logger, now: () => number) {
  return createMiddleware<CallContext>(async (context, next) => {
    const startedAtMs = now();
    const trace = readTraceContext(context.req.raw.headers);
    const traced = trace === undefined ? {} : { traceId: traceIdOf(trace.traceparent) };
    const log = logger.child({ requestId: context.get('requestId'), ...traced });
    context.set('log', log);
    context.set('startedAtMs', startedAtMs);
    await next();
    const { method, path } = context.req;
    const line = { method, path, status: context.res.status, ms: now() - startedAtMs };
    if (path === '/health' || path === '/ready') log.debug(line, 'probe');
    else log.info(line, 'call');
  });
}

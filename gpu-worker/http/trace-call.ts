import { createMiddleware } from 'hono/factory';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import type { Tracing } from '#shared/tracing/create-tracing.ts';
import { readTraceContext } from '#shared/tracing/trace-context.ts';

/** Span of a call of the edge, under the edge's own. A call without a signature leaves none: anybody can send those. */
export function traceCall(tracing: Tracing | undefined) {
  return createMiddleware<CallContext>(async (context, next) => {
    if (tracing === undefined) return next();
    const { method, path, raw } = context.req;
    const span = tracing.startRequest(`${method} ${path}`, readTraceContext(raw.headers), {
      attributes: {
        'http.request.method': method,
        'http.route': path,
        'hintrank.request_id': context.get('requestId'),
      },
    });
    context.set('trace', span);
    await next();
    const code = context.get('errorCode');
    if (code === 'unsigned_call') return;
    const { status } = context.res;
    span.set({ 'http.response.status_code': status, 'hintrank.error': code });
    span.end(status >= 500 ? { error: code ?? String(status) } : {});
    void tracing.flush();
  });
}

import { createMiddleware } from 'hono/factory';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import type { WorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';

/** Routes by which calls are counted; what else is asked for counts as one, so that callers cannot make up metrics. */
const routes = new Set(['/health', '/ready', '/metrics', '/info', '/v1/score', '/v1/adapters/validate']);

/** Counts every answer, by route and status. */
export function countCalls(metrics: WorkerMetrics, now: () => number) {
  return createMiddleware<CallContext>(async (context, next) => {
    const startedAtMs = now();
    await next();
    const { path } = context.req;
    const route = routes.has(path) ? path : 'other';
    metrics.callDone(route, context.res.status, (now() - startedAtMs) / 1_000, context.get('errorCode'));
  });
}

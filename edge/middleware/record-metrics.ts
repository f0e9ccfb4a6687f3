import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import { routePattern } from '#edge/http/route-pattern.ts';
import { requestDataPoint } from '#edge/telemetry/request-data-point.ts';
import { emptyMeasures } from '#edge/telemetry/request-measures.ts';
import { errorName } from '#shared/tracing/in-span.ts';

/** Writes a data point for each request, which the platform sends by itself after the answer. Where there is no dataset it does nothing. */
export const recordMetrics = createMiddleware<AppEnvironment>(async (context, next) => {
  const { metrics, now, scoring, environment } = context.var.dependencies;
  if (metrics === undefined) return next();
  const startedAtMs = now();
  const measures = emptyMeasures();
  context.set('measures', measures);
  await next();
  const { error, res } = context;
  metrics.writeDataPoint(
    requestDataPoint({
      route: routePattern(context) ?? '',
      method: context.req.method,
      status: res.status,
      error: error === undefined ? '' : errorName(error),
      cache: res.headers.get('x-cache') ?? '',
      milliseconds: now() - startedAtMs,
      workerMilliseconds: context.var.timing?.workerMs,
      measures,
      workersShutOut: environment.workerTargets.filter(({ id }) => !scoring.health.isHealthy(id)).length,
    }),
  );
});

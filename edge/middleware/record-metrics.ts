import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import { continentOf } from '#edge/http/request-place.ts';
import { routePattern } from '#edge/http/route-pattern.ts';
import { requestDataPoint } from '#edge/telemetry/request-data-point.ts';
import { emptyMeasures } from '#edge/telemetry/request-measures.ts';

/** Writes a data point for each request, which the platform sends by itself after the answer. Where there is no dataset it does nothing. */
export const recordMetrics = createMiddleware<AppEnvironment>(async (context, next) => {
  const { metrics, now, scoring, environment } = context.var.dependencies;
  if (metrics === undefined) return next();
  const startedAtMs = now();
  await next();
  const { res, req } = context;
  const { errorCode = '', timing, measures = emptyMeasures() } = context.var;
  metrics.writeDataPoint(
    requestDataPoint({
      route: routePattern(context) ?? '',
      method: req.method,
      status: res.status,
      error: errorCode,
      cache: res.headers.get('x-cache') ?? '',
      milliseconds: now() - startedAtMs,
      workerMilliseconds: timing?.workerMs,
      measures,
      continent: continentOf(req.raw) ?? '',
      workersShutOut: environment.workerTargets.filter(({ id }) => !scoring.health.isHealthy(id)).length,
    }),
  );
});

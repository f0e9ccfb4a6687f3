import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import { emptyMeasures } from '#edge/telemetry/request-measures.ts';
import { timingEntries } from '#shared/protocol/timing-entries.ts';

/** Writes Server-Timing: `total` from the first middleware on, and `worker`, the slowest worker's own computing with its parts (`worker-queue` and so on), where there was any. Milliseconds. */
export const measureTime = createMiddleware<AppEnvironment>(async (context, next) => {
  const { now } = context.var.dependencies;
  const startedAtMs = now();
  context.set('startedAtMs', startedAtMs);
  context.set('timing', {});
  context.set('measures', emptyMeasures());
  await next();
  const { workerMs, workerTiming } = context.var.timing;
  const entries = [
    ...(workerMs === undefined ? [] : [`worker;dur=${workerMs.toFixed(1)}`]),
    ...(workerTiming === undefined ? [] : timingEntries(workerTiming, 'worker-')),
    `total;dur=${(now() - startedAtMs).toFixed(1)}`,
  ];
  context.res.headers.set('Server-Timing', entries.join(', '));
});

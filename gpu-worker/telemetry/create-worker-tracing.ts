import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { createTracing, type Tracing } from '#shared/tracing/create-tracing.ts';
import { parseTracingSettings, type TracingVariables } from '#shared/tracing/tracing-settings.ts';

/** Name of the service in its spans, unless OTEL_SERVICE_NAME says another. */
const defaultServiceName = 'hintrank-worker';

export interface WorkerTracingOptions {
  readonly variables: TracingVariables;
  readonly version: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** Traces of a worker; undefined where they are off. Settings are checked by environment.ts. */
export function createWorkerTracing({ variables, version, now, logger }: WorkerTracingOptions): Tracing | undefined {
  const settings = parseTracingSettings(variables, defaultServiceName, []);
  if (settings === undefined) return undefined;
  return createTracing({
    settings,
    resource: { 'service.version': version, 'service.instance.id': hostname() },
    send: (url, init) => fetch(url, init),
    now,
    timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds),
    onProblem: (problem) => logger.warn(problem, 'traces are not exported'),
  });
}

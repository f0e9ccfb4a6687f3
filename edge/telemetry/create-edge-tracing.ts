import type { Log } from '#edge/log.ts';
import { productVersion } from '#edge/product-version.ts';
import { createTracing, type Tracing } from '#shared/tracing/create-tracing.ts';
import type { SendSpans } from '#shared/tracing/span-exporter.ts';
import type { TracingSettings } from '#shared/tracing/tracing-settings.ts';

export interface EdgeTracingPorts {
  readonly send: SendSpans;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
  readonly log: Log;
}

/** Traces of the edge; undefined where they are off. */
export function createEdgeTracing(
  settings: TracingSettings | undefined,
  { log, ...ports }: EdgeTracingPorts,
): Tracing | undefined {
  if (settings === undefined) return undefined;
  return createTracing({
    ...ports,
    settings,
    resource: { 'service.version': productVersion },
    onProblem: (problem) => log({ level: 'warn', event: 'traces_not_exported', ...problem }),
  });
}

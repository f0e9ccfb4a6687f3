import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { startSpan } from '#shared/tracing/recorded-span.ts';
import { toSpanContext } from '#shared/tracing/span-contexts.ts';
import { SpanExporter, type SpanExporterOptions } from '#shared/tracing/span-exporter.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';
import type { SpanStart, TraceSpan } from '#shared/tracing/trace-span.ts';
import type { SamplerName, TracingSettings } from '#shared/tracing/tracing-settings.ts';

/** Traces of one service. There is none where tracing is off. */
export interface Tracing {
  /** Starts a request's own span, under the caller's where it sent one. */
  readonly startRequest: (name: string, caller: TraceContext | undefined, start: SpanStart) => TraceSpan;
  /** Sends what has ended, unless that goes on already. Never rejects. */
  readonly flush: () => Promise<void>;
  /** Sends all that is left, at the end of a process. Never rejects. */
  readonly finish: () => Promise<void>;
}

export interface TracingOptions extends Omit<SpanExporterOptions, 'url' | 'headers'> {
  readonly settings: TracingSettings;
  /** What all its spans say of the service, beside its name. */
  readonly resource: Readonly<Record<string, string>>;
}

const samplers: Readonly<Record<SamplerName, (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (ratio) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
};

export function createTracing({ settings, resource, ...ports }: TracingOptions): Tracing {
  const exporter = new SpanExporter({ ...ports, url: settings.url, headers: settings.headers });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.serviceName, ...resource }),
    sampler: samplers[settings.sampler](settings.ratio),
    spanProcessors: [exporter],
  });
  const maker = { tracer: provider.getTracer('hintrank'), now: ports.now };
  return {
    startRequest: (name, caller, start) =>
      startSpan(maker, name, caller === undefined ? undefined : toSpanContext(caller), { kind: 'server', ...start }),
    flush: () => exporter.forceFlush(),
    finish: () => exporter.shutdown(),
  };
}

import type { ManualClock } from '#edge/testing/manual-clock.ts';
import { createTracing } from '#shared/tracing/create-tracing.ts';
import type { TracingSettings } from '#shared/tracing/tracing-settings.ts';

/** A span as OTLP's JSON has it. */
export interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

/** Tracing of an edge, and what its collector got: `finish` ends it. Throws where something could not be sent. */
export function recordTraces(clock: ManualClock, sampler: TracingSettings['sampler']) {
  const exports: string[] = [];
  const tracing = createTracing({
    settings: { url: 'http://collector/v1/traces', headers: {}, sampler, ratio: 1, serviceName: 'edge' },
    resource: {},
    send: async (_url, { body: bytes }) => {
      exports.push(new TextDecoder().decode(bytes));
      return new Response('{}');
    },
    now: clock.now,
    timeoutSignal: clock.timeoutSignal,
    onProblem: ({ reason }) => {
      throw new Error(reason);
    },
  });
  const finish = async () => {
    await tracing.finish();
    const spans = exports.flatMap((text) => JSON.parse(text).resourceSpans[0].scopeSpans[0].spans as SentSpan[]);
    return { text: exports.join(), spans };
  };
  return { tracing, finish };
}

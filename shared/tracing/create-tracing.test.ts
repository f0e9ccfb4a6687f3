import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '#shared/errors/service-error.ts';
import { createTracing, type Tracing } from '#shared/tracing/create-tracing.ts';
import { inSpan } from '#shared/tracing/in-span.ts';
import type { TracingSettings } from '#shared/tracing/tracing-settings.ts';
import { startTraceReceiver, type TraceReceiver } from '#test/support/start-trace-receiver.ts';

const caller = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'vendor=a' };
const unsampled = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' };

let receiver: TraceReceiver;
beforeEach(async () => {
  receiver = await startTraceReceiver();
});
afterEach(() => receiver.close());

function tracingTo({ url }: Pick<TraceReceiver, 'url'>, settings: Partial<TracingSettings> = {}): Tracing {
  return createTracing({
    settings: {
      url: `${url}/v1/traces`,
      headers: { 'x-tenant': 'ops' },
      sampler: 'parentbased_always_on',
      ratio: 1,
      serviceName: 'a service',
      ...settings,
    },
    resource: { 'service.version': '1.2.3' },
    send: (to, init) => fetch(to, init),
    now: () => 1_700_000_000_123.5,
    timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds),
    onProblem: ({ reason }) => {
      throw new Error(reason);
    },
  });
}

describe('a request that is traced', () => {
  it('arrives at the collector with its parts, under the caller’s span', async () => {
    const tracing = tracingTo(receiver);
    const request = tracing.startRequest('POST /x', caller, {
      attributes: { 'hintrank.documents': 3, absent: undefined },
    });
    const part = request.start('part', { kind: 'client', startedAtMs: 1_700_000_000_124 });
    part.end({ endedAtMs: 1_700_000_000_125.25 });
    request.set({ share: 0.5, hit: true });
    request.end();
    await tracing.flush();
    expect(receiver.faults).toEqual([]);
    expect(receiver.exports.map((headers) => headers['x-tenant'])).toEqual(['ops']);
    const [sentPart, sentRequest] = receiver.spans;
    expect(sentRequest).toMatchObject({
      service: 'a service',
      resource: { 'service.version': '1.2.3' },
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
      name: 'POST /x',
      kind: 2,
      startNs: 1_700_000_000_123_500_000n,
      attributes: { 'hintrank.documents': 3, share: 0.5, hit: true },
      failed: false,
    });
    expect(sentRequest?.attributes).not.toHaveProperty('absent');
    expect(sentPart).toMatchObject({
      traceId: sentRequest?.traceId,
      parentSpanId: sentRequest?.spanId,
      kind: 3,
      startNs: 1_700_000_000_124_000_000n,
      endNs: 1_700_000_000_125_250_000n,
    });
  });

  it('gives calls a traceparent that makes them its parts, and the vendors’ data', () => {
    const { context } = tracingTo(receiver).startRequest('x', caller, {});
    expect(context?.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    expect(context?.tracestate).toBe('vendor=a');
  });

  it('begins a trace where the caller has none', async () => {
    const tracing = tracingTo(receiver);
    tracing.startRequest('x', undefined, {}).end();
    await tracing.flush();
    expect(receiver.spans).toMatchObject([{ name: 'x', parentSpanId: undefined }]);
  });

  it('names the spans that shared its work', async () => {
    const tracing = tracingTo(receiver);
    const other = tracing.startRequest('other', undefined, {});
    tracing.startRequest('x', undefined, { links: [other] }).end();
    await tracing.flush();
    expect(receiver.spans[0]?.links).toEqual([other.context?.traceparent.split('-')[2]]);
  });

  it('ends a part once, failed by the code of what its work threw, and never by a message', async () => {
    const tracing = tracingTo(receiver);
    const request = tracing.startRequest('x', undefined, {});
    const failing = (error: Error) =>
      inSpan(request, 'part', {}, async (span) => {
        await Promise.reject(error);
        span.end();
      });
    await expect(failing(new ServiceError('overloaded', 'a secret'))).rejects.toThrow('a secret');
    await expect(failing(new TypeError('a secret'))).rejects.toThrow('a secret');
    await tracing.flush();
    expect(receiver.spans.map(({ failed, attributes }) => ({ failed, attributes }))).toEqual([
      { failed: true, attributes: { 'error.type': 'overloaded' } },
      { failed: true, attributes: { 'error.type': 'TypeError' } },
    ]);
  });
});

describe('a request that is not', () => {
  it.each([
    ['parentbased_always_on', unsampled],
    ['parentbased_always_off', undefined],
    ['always_off', caller],
    ['traceidratio', caller],
  ] as const)('sends nothing with %s, and its calls say so', async (sampler, from) => {
    const tracing = tracingTo(receiver, { sampler, ratio: 0 });
    const request = tracing.startRequest('x', from, {});
    const part = request.start('part');
    expect([request.isRecording, part.isRecording]).toEqual([false, false]);
    expect(part.context?.traceparent).toMatch(/-00$/);
    part.end();
    request.end();
    await tracing.flush();
    expect(receiver.exports).toEqual([]);
  });

  it('keeps the ratio of new traces, and all that callers sampled', async () => {
    const tracing = tracingTo(receiver, { sampler: 'parentbased_traceidratio', ratio: 0.5 });
    const kept = Array.from({ length: 400 }, () => tracing.startRequest('x', undefined, {}).isRecording);
    const share = kept.filter((one) => one).length / kept.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
    expect(tracing.startRequest('x', caller, {}).isRecording).toBe(true);
  });
});

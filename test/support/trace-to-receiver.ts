import { expect } from 'vitest';
import { createTracing } from '#shared/tracing/create-tracing.ts';
import { type ReceivedSpan, startTraceReceiver } from '#test/support/start-trace-receiver.ts';

/** Tracing of a worker by this clock, to a receiver over HTTP: `finish` ends both and gives what came. Throws where something could not be sent. */
export async function traceToReceiver(now: () => number) {
  const receiver = await startTraceReceiver();
  const tracing = createTracing({
    settings: {
      ...{ url: `${receiver.url}/v1/traces`, headers: {}, ratio: 1 },
      ...{ sampler: 'always_on', serviceName: 'worker' },
    },
    resource: {},
    send: (url, init) => fetch(url, init),
    now,
    timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds),
    onProblem: ({ reason }) => {
      throw new Error(reason);
    },
  });
  const finish = async (): Promise<readonly ReceivedSpan[]> => {
    await tracing.finish();
    await receiver.close();
    expect(receiver.faults).toEqual([]);
    return receiver.spans;
  };
  return { tracing, finish };
}

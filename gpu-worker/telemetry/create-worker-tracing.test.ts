import { createServer } from 'node:http';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createWorkerTracing } from '#gpu-worker/telemetry/create-worker-tracing.ts';
import { finishTracing } from '#gpu-worker/telemetry/finish-tracing.ts';
import { startTraceReceiver } from '#test/support/start-trace-receiver.ts';

const worker = { version: '1.2.3', now: () => Date.now(), logger: pino({ level: 'silent' }) };

it('traces nothing without an endpoint, whatever else is set', () => {
  const variables = { OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'x' };
  expect(createWorkerTracing({ ...worker, variables })).toBeUndefined();
});

it('sends the last spans at the end of the process, under the worker’s name', async () => {
  const receiver = await startTraceReceiver();
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const tracing = createWorkerTracing({ ...worker, variables });
  tracing?.startRequest('x', undefined, {}).end();
  await finishTracing(tracing);
  await receiver.close();
  expect(receiver.spans).toMatchObject([
    { service: 'hintrank-worker', resource: { 'service.version': '1.2.3', 'service.instance.id': expect.any(String) } },
  ]);
});

it('lets the process end when the collector hangs', async () => {
  const connected = Promise.withResolvers<void>();
  const collector = createServer(() => connected.resolve());
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const address = collector.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  const tracing = createWorkerTracing({ ...worker, variables });
  tracing?.startRequest('x', undefined, {}).end();
  // A test that hangs here shows what a process would do.
  await Promise.all([connected.promise, finishTracing(tracing, 10)]);
  collector.closeAllConnections();
  collector.close();
});

import { pino } from 'pino';
import { expect, it } from 'vitest';
import { drainWorker } from '#gpu-worker/drain-worker.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { workerErrorSchema } from '#shared/protocol/worker-error.ts';
import { type ControlledWorker, pairScore, startControlledWorker } from '#test/support/start-controlled-worker.ts';

const logger = pino({ level: 'silent' });
const body = () => JSON.stringify({ model: 'tiny', query: 'q', documents: ['d'], deadline_at_ms: Date.now() + 60_000 });

/** A ready worker with one call that runs until `finish`, or until it is dropped. */
async function workerWithRunningCall(): Promise<{
  worker: ControlledWorker;
  answer: Promise<Response>;
  finish: () => void;
}> {
  const started = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  const worker = await startControlledWorker(async ({ document }, { signal }) => {
    started.resolve();
    const dropped = new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new ServiceError('request_cancelled')));
    });
    await Promise.race([finished.promise, dropped]);
    return [pairScore(document)];
  });
  worker.becomeReady();
  const answer = worker.call('POST', '/v1/score', body());
  await started.promise;
  return { worker, answer, finish: finished.resolve };
}

it('takes nothing new, finishes what runs, and then closes', async () => {
  const { worker, answer, finish } = await workerWithRunningCall();
  const drained = drainWorker({ state: worker.state, server: worker.server, work: [], graceMs: 60_000, logger });
  const refused = await worker.call('POST', '/v1/score', body());
  expect(refused.status).toBe(503);
  expect(workerErrorSchema.parse(await refused.json()).error.message).toBe('The worker is shutting down.');
  expect((await fetch(`${worker.server.url}/ready`)).status).toBe(503);
  expect((await fetch(`${worker.server.url}/health`)).status).toBe(200);
  finish();
  expect((await answer).status).toBe(200);
  expect(await drained).toBe(true);
  await expect(fetch(`${worker.server.url}/health`)).rejects.toThrow('fetch failed');
});

it('ends the calls that outlast the grace time with not_ready, and says that not all went well', async () => {
  const { worker, answer } = await workerWithRunningCall();
  expect(await drainWorker({ state: worker.state, server: worker.server, work: [], graceMs: 0, logger })).toBe(false);
  expect((await answer).status).toBe(503);
});

it('waits for a model that still loads, and stays draining whatever that reports', async () => {
  const worker = await startControlledWorker();
  const load = Promise.withResolvers<void>();
  const { state, server } = worker;
  const drained = drainWorker({ state, server, work: [load.promise, null], graceMs: 60_000, logger });
  worker.becomeReady();
  load.resolve();
  expect(await drained).toBe(true);
  expect(worker.state.phase.name).toBe('draining');
});

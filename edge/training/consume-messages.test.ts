import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { createSwitchableDatabase } from '#edge/testing/switchable-database.ts';
import { createTrainingCaller, createTrainingClient, deliver, forgetJobs } from '#edge/testing/training-client.ts';
import { consumeMessages, type QueuedMessage } from '#edge/training/consume-messages.ts';
import type { TrainingMessage } from '#edge/training/training-message.ts';

beforeEach(forgetJobs);

/** A tenant with one job that was submitted, and a worker. */
async function start(tenantId: string, test = createTestApp()) {
  const client = await createTrainingClient(tenantId, test);
  const dataset = await client.addDataset();
  return { ...client, dataset, job: await client.submit(dataset.id), worker: createTrainingCaller(test), test };
}

const rows = async () => (await env.DB.prepare('SELECT * FROM training_jobs').all()).results;

describe('a message of the queue', () => {
  it('may be given up: a worker that asks a minute later gets the job all the same', async () => {
    const { job, worker, queue, clock } = await start('queue-dead');
    queue.take();
    clock.advance(60_000);
    expect(await worker.lease()).toBeUndefined();
    clock.advance(1);
    expect(await worker.lease()).toMatchObject({ job_id: job.id, lease: 1 });
  });

  it('that failed comes again, while the rest of its batch is done, and one that nobody can read does not', async () => {
    const { database, state } = createSwitchableDatabase();
    const { dataset, job: first, submit, dependencies } = await start('queue-retry', createTestApp({ database }));
    const second = await submit(dataset.id);
    const { service, jobs } = dependencies.training;
    const outcomes: string[] = [];
    const message = (body: unknown, name: string): QueuedMessage => ({
      body,
      ack: () => void outcomes.push(`${name} done`),
      retry: ({ delaySeconds }) => void outcomes.push(`${name} again in ${delaySeconds} s`),
    });
    const admit = (id: string) => ({ kind: 'admit', job_id: id });
    state.down = true;
    await consumeMessages(service, jobs, [message(admit(first.id), 'first'), message({ kind: 'new' }, 'unknown')]);
    state.down = false;
    await consumeMessages(service, jobs, [message(admit(second.id), 'second'), message(admit(first.id), 'first')]);
    expect(outcomes).toEqual(['first again in 10 s', 'unknown done', 'second done', 'first done']);
    expect((await rows()).map((row) => row['state'])).toEqual(['queued', 'queued']);
  });

  it('that comes late or twice changes nothing, whatever became of the job', async () => {
    const { job, worker, queue, send, dependencies, test } = await start('queue-late');
    const { service, jobs } = dependencies.training;
    const admit = { kind: 'admit', job_id: job.id } as const;
    const expectNoChange = async () => {
      const before = await rows();
      for (const message of [admit, admit, { ...admit, job_id: 'tj_0' }]) await queue.send(message);
      for (const lease of [0, 1, 2]) await queue.send({ kind: 'check_lease', job_id: job.id, lease });
      const again: TrainingMessage[] = [];
      await consumeMessages(service, jobs, queue.take(again));
      expect(again).toEqual([]);
      expect(await rows()).toEqual(before);
    };
    await deliver(test);
    await expectNoChange();
    const first = await worker.lease();
    if (first === undefined) throw new Error('there is no lease');
    await expectNoChange();
    await worker.finish(first, { outcome: 'released' });
    await expectNoChange();
    const second = await worker.lease();
    if (second === undefined) throw new Error('there is no second lease');
    await worker.complete(second, 'adapter');
    await expectNoChange();
    expect((await send('GET', '/v1/adapters/tickets')).body).toMatchObject({ versions: [1] });
    await send('DELETE', `/v1/training-jobs/${job.id}`);
    await expectNoChange();
  });
});

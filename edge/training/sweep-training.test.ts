import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { createTrainingCaller, createTrainingClient, deliver, forgetJobs } from '#edge/testing/training-client.ts';
import { sweepTraining } from '#edge/training/sweep-training.ts';
import type { TrainingLease } from '#shared/protocol/training-work.ts';

beforeEach(forgetJobs);

/** The longest patience of a worker, and an hour. */
const lateMs = 25 * 3_600_000;

/** A job whose first worker was cut off from the edge; a second one has completed it. */
async function start(tenantId: string) {
  const test = createTestApp();
  const client = await createTrainingClient(tenantId, test);
  const [first, second] = [createTrainingCaller(test, 'cut-off'), createTrainingCaller(test, 'successor')];
  const dataset = await client.addDataset();
  const { id } = await client.submit(dataset.id);
  await deliver(test);
  const held = async (worker: typeof first): Promise<TrainingLease> => {
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    return lease;
  };
  const sweep = () => sweepTraining(test.dependencies.training.service, test.dependencies.training);
  const lost = await held(first);
  test.clock.advance(120_000);
  await sweep();
  await second.complete(await held(second), 'adapter');
  const cleaned = () => env.DB.prepare('SELECT cleaned_at FROM training_jobs').first('cleaned_at');
  while ((await cleaned()) === null) await new Promise((resolve) => setTimeout(resolve));
  const { objects } = test.objects;
  /** What the worker that is cut off puts into the bucket, as it was told to before. */
  const writeLate = () => {
    const keys = [`${lost.checkpoint_prefix}1-30.safetensors`, lost.adapter_object_key, lost.report_object_key];
    for (const key of keys) objects.set(key, new Uint8Array(1));
    return keys;
  };
  const ofJob = () => [...objects.keys()].filter((key) => key.includes(id)).sort();
  const rows = () => env.DB.prepare('SELECT COUNT(*) AS n FROM training_jobs').first<number>('n');
  return { ...client, id, lost, first, sweep, writeLate, ofJob, rows, test };
}

describe('what a worker that was cut off puts into the bucket after the end of its job', () => {
  it('goes once no worker can add anything, and the report of the successor stays', async () => {
    const { id, sweep, writeLate, ofJob, clock, send, first, lost } = await start('late-writer');
    expect(await first.beat(lost, { beat: 1 })).toMatchObject({ status: 409 });
    const written = writeLate();
    const kept = [`training/${id}/reports/2.json`];
    await sweep();
    expect(ofJob()).toEqual([...written, ...kept].sort());
    clock.advance(lateMs);
    await sweep();
    expect(ofJob()).toEqual(kept);
    expect((await send('GET', `/v1/training-jobs/${id}/report`)).status).toBe(200);
  });

  it('goes of a deleted job too, whose row stays until then and is seen by nobody', async () => {
    const { id, sweep, writeLate, ofJob, rows, clock, send } = await start('late-deleted');
    expect((await send('DELETE', `/v1/training-jobs/${id}`)).status).toBe(200);
    expect(ofJob()).toEqual([]);
    writeLate();
    await sweep();
    expect([(await send('GET', `/v1/training-jobs/${id}`)).status, await rows()]).toEqual([404, 1]);
    clock.advance(lateMs);
    await sweep();
    expect([ofJob(), await rows()]).toEqual([[], 0]);
  });

  it('is looked for once: later sweeps leave the job alone', async () => {
    const { sweep, clock, test } = await start('late-once');
    let calls = 0;
    test.objects.fault = () => {
      calls += 1;
      return undefined;
    };
    await sweep();
    expect(calls).toBe(0);
    clock.advance(lateMs);
    await sweep();
    expect(calls).toBeGreaterThan(0);
    const before = calls;
    clock.advance(lateMs);
    await sweep();
    expect(calls).toBe(before);
  });

  it('is not to be feared of a job that its first worker completed', async () => {
    const test = createTestApp();
    const client = await createTrainingClient('late-none', test);
    const worker = createTrainingCaller(test);
    const { id } = await client.submit((await client.addDataset()).id);
    await deliver(test);
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    await worker.complete(lease, 'adapter');
    expect((await client.send('DELETE', `/v1/training-jobs/${id}`)).status).toBe(200);
    expect(await env.DB.prepare('SELECT COUNT(*) AS n FROM training_jobs').first('n')).toBe(0);
  });
});

import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { createTrainingCaller, createTrainingClient, deliver, forgetJobs } from '#edge/testing/training-client.ts';
import { queueOrder } from '#edge/training/jobs/queue-order.ts';
import { sweepTraining } from '#edge/training/sweep-training.ts';
import { trainingDefaults } from '#edge/training/training-environment.ts';
import { usageDay } from '#edge/usage/usage-day.ts';
import type { TrainingLease } from '#shared/protocol/training-work.ts';

beforeEach(forgetJobs);

const statesOf = async () => {
  const { results } = await env.DB.prepare('SELECT state, COUNT(*) AS n FROM training_jobs GROUP BY state').all();
  return Object.fromEntries(results.map(({ state, n }) => [state, n]));
};

/** Jobs as requests would have written them; the requests themselves are tried one by one elsewhere. */
async function seedJobs(tenants: readonly string[], each: number): Promise<void> {
  const plan = JSON.stringify({ method: 'retrieve', preset: 'standard', settings: {}, on_no_gain: 'keep' });
  const dataset = env.DB.prepare(
    "INSERT OR IGNORE INTO datasets (id, tenant_id, name, state, bytes, sha256, created_at) VALUES (?, ?, 'd', 'ready', 1, ?, 0)",
  );
  const job = env.DB.prepare(`INSERT INTO training_jobs
    (id, tenant_id, key_id, dataset_id, adapter_name, base_model, plan, state, created_at)
    VALUES (?, ?, 'key', ?, 'a', 'smollm2-135m-instruct', ?, 'submitted', ?)`);
  // One tenant after the other: first come, first served would starve the last.
  const rows = tenants.flatMap((tenant, place) =>
    Array.from({ length: each }, (_, index) => ({ id: `${tenant}-${index}`, tenant, at: place * 1_000 + index })),
  );
  await env.DB.batch([
    ...tenants.map((tenant) => dataset.bind(`ds-${tenant}`, tenant, 'a'.repeat(64))),
    ...rows.map(({ id, tenant, at }) => job.bind(id, tenant, `ds-${tenant}`, plan, at)),
  ]);
}

describe('200 jobs of 5 tenants', () => {
  const tenants = ['t1', 't2', 't3', 't4', 't5'];

  it('are given out in turn, at most two of a tenant at once, and all come to an end', async () => {
    const test = createTestApp();
    await seedJobs(tenants, 40);
    test.clock.advance(61_000);
    for (let sweep = 0; sweep < 4; sweep += 1) {
      await sweepTraining(test.dependencies.training.service, test.dependencies.training);
      await deliver(test);
    }
    expect(await statesOf()).toEqual({ queued: 200 });
    const worker = createTrainingCaller(test);
    const tenantOf = (lease: TrainingLease) => lease.job_id.split('-')[0] ?? '';
    const held: TrainingLease[] = [];
    for (;;) {
      test.clock.advance(1);
      const lease = await worker.lease();
      if (lease === undefined) break;
      held.push(lease);
    }
    expect(held.map(tenantOf)).toEqual([...tenants, ...tenants]);
    expect(held.slice(0, 5).map(({ job_id }) => job_id.split('-')[1])).toEqual(['0', '0', '0', '0', '0']);
    // One worker slot goes round, though the first tenant's jobs are all older than the last's.
    const served: string[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const done = held.shift();
      if (done === undefined) break;
      test.clock.advance(1);
      await worker.finish(done, { outcome: 'failed', code: 'x', message: 'x', retryable: false });
      const next = await worker.lease();
      if (next !== undefined) held.push(next);
      served.push(next === undefined ? 'none' : tenantOf(next));
    }
    for (const tenant of tenants) expect(served.filter((one) => one === tenant)).toHaveLength(4);
    expect(await statesOf()).toEqual({ failed: 20, queued: 170, running: 10 });
  }, 120_000);

  it('stand in the places in which workers would take them', async () => {
    const test = createTestApp({ environment: { training: { ...trainingDefaults, jobsRunningMax: 1_000 } } });
    await seedJobs(tenants, 3);
    await env.DB.prepare("UPDATE training_jobs SET state = 'queued'").run();
    const { jobs, tenants: counted } = await test.dependencies.training.jobs.listWaiting();
    const order = queueOrder(jobs, counted);
    const worker = createTrainingCaller(test);
    const given: string[] = [];
    for (;;) {
      test.clock.advance(1);
      const lease = await worker.lease();
      if (lease === undefined) break;
      given.push(lease.job_id);
    }
    expect(given).toHaveLength(15);
    expect(given).toEqual(order);
  });
});

describe('the queue', () => {
  it('may lose a message or take none: the job is sent again by the sweep, and twice is once', async () => {
    const test = createTestApp();
    const client = await createTrainingClient('queue-down', test);
    const dataset = await client.addDataset();
    test.queue.down = true;
    const job = await client.submit(dataset.id);
    expect(test.logs.map(({ event }) => event)).toContain('training_message_not_sent');
    test.queue.down = false;
    const { service } = test.dependencies.training;
    await sweepTraining(service, test.dependencies.training);
    expect(test.queue.waiting).toEqual([]);
    test.clock.advance(61_000);
    await sweepTraining(service, test.dependencies.training);
    await sweepTraining(service, test.dependencies.training);
    expect(test.queue.waiting).toHaveLength(2);
    await deliver(test);
    expect(await client.show(job.id)).toMatchObject({ state: 'queued' });
    const { results } = await env.DB.prepare('SELECT sequence FROM training_events WHERE job_id = ?')
      .bind(job.id)
      .all();
    expect(results).toEqual([{ sequence: 1 }, { sequence: 2 }]);
  });

  it('looks after a lease again while its holder is alive, and after no other', async () => {
    const test = createTestApp();
    const client = await createTrainingClient('queue-lease', test);
    const job = await client.submit((await client.addDataset()).id);
    await deliver(test);
    const worker = createTrainingCaller(test);
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    expect(test.queue.waiting).toEqual([
      { message: { kind: 'check_lease', job_id: job.id, lease: 1 }, delaySeconds: 61 },
    ]);
    test.clock.advance(50_000);
    await worker.beat(lease, { beat: 1 });
    test.clock.advance(11_000);
    await deliver(test);
    expect(test.queue.waiting).toMatchObject([{ delaySeconds: 50 }]);
    await worker.finish(lease, { outcome: 'released' });
    await deliver(test);
    expect(test.queue.waiting).toEqual([]);
    expect(await client.show(job.id)).toMatchObject({ state: 'queued', attempt: 0 });
  });
});

describe('quotas', () => {
  it('of waiting jobs, dataset bytes and tokens of the day name value and limit', async () => {
    const training = { ...trainingDefaults, jobsQueuedMax: 2, datasetBytesMax: 5_000, tokensPerDay: 900 };
    const test = createTestApp({ environment: { training } });
    const client = await createTrainingClient('quota', test);
    const dataset = await client.addDataset();
    await client.addDataset();
    const { body: tooLarge } = await client.upload(`${'x'.repeat(1_000)}\n`);
    expect(tooLarge).toMatchObject({
      error: { code: 'too_many_datasets' },
      message: expect.stringMatching(/has 4,440 bytes of datasets; with these 1,001 it would pass its limit of 5,000/),
    });
    await client.submit(dataset.id);
    await client.submit(dataset.id);
    expect(await client.json('POST', '/v1/training-jobs', { dataset: dataset.id, adapter: 'a' })).toMatchObject({
      status: 409,
      body: {
        error: { code: 'too_many_training_jobs' },
        message: expect.stringContaining('has 2 training jobs that wait for a worker, the limit is 2'),
      },
    });
    await deliver(test);
    const worker = createTrainingCaller(test);
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    const progress = { step: 1, steps: 2, loss: 1, tokens: 950, seconds_left: null };
    await worker.beat(lease, { beat: 1, progress });
    const refused = await client.json('POST', '/v1/training-jobs', { dataset: dataset.id, adapter: 'a' });
    expect(refused).toMatchObject({
      status: 429,
      body: {
        error: { code: 'training_quota_exceeded' },
        message: expect.stringContaining('used 950 tokens on 2026-11-23 (UTC), the limit is 900'),
      },
    });
    expect(Number(refused.headers.get('retry-after'))).toBe(86_400);
    expect(await worker.lease()).toBeUndefined();
    expect(usageDay(test.clock.nowMs)).toBe('2026-11-23');
    test.clock.advance(86_400_000);
    expect(await worker.lease()).toBeDefined();
  });
});

describe('a cancellation', () => {
  it('works in every state, and publishes nothing after it was accepted', async () => {
    const test = createTestApp();
    const client = await createTrainingClient('cancel', test);
    const worker = createTrainingCaller(test);
    const dataset = await client.addDataset();
    const cancel = async (id: string) => (await client.send('POST', `/v1/training-jobs/${id}/cancel`)).body['state'];
    const hold = async () => {
      const job = await client.submit(dataset.id);
      await deliver(test);
      const lease = await worker.lease();
      if (lease === undefined) throw new Error('there is no lease');
      return { job, lease };
    };
    const submitted = await client.submit(dataset.id);
    expect(await cancel(submitted.id)).toBe('cancelled');
    await deliver(test);
    expect(await client.show(submitted.id)).toMatchObject({ state: 'cancelled', ended_at: expect.any(String) });
    const queued = await client.submit(dataset.id);
    await deliver(test);
    expect([await cancel(queued.id), await cancel(queued.id)]).toEqual(['cancelled', 'cancelled']);

    const told = await hold();
    expect([await cancel(told.job.id), await cancel(told.job.id)]).toEqual(['cancelling', 'cancelling']);
    expect((await worker.beat(told.lease, { beat: 1 })).body).toEqual({ continue: false });
    expect((await worker.finish(told.lease, { outcome: 'cancelled' })).body).toEqual({
      state: 'cancelled',
      adapter_version: null,
    });
    const late = await hold();
    await cancel(late.job.id);
    expect((await worker.complete(late.lease, 'adapter')).body).toEqual({ state: 'cancelled', adapter_version: null });
    const dead = await hold();
    await cancel(dead.job.id);
    test.clock.advance(61_000);
    await deliver(test);
    expect(await client.show(dead.job.id)).toMatchObject({ state: 'cancelled', error: null });
    const checked = await hold();
    test.objects.fault = (request, key) => {
      if (request.method !== 'PUT' || !key.startsWith('adapters/')) return undefined;
      test.objects.fault = () => undefined;
      return cancel(checked.job.id).then(() => test.objects.fetch(request));
    };
    expect((await worker.complete(checked.lease, 'adapter')).body).toMatchObject({ state: 'cancelled' });
    expect((await client.send('GET', '/v1/adapters')).body).toMatchObject({ data: [] });

    const done = await hold();
    await worker.complete(done.lease, 'adapter');
    expect(await cancel(done.job.id)).toBe('completed');
    const failed = await hold();
    await worker.finish(failed.lease, { outcome: 'failed', code: 'x', message: 'x', retryable: false });
    expect(await cancel(failed.job.id)).toBe('failed');
  });
});

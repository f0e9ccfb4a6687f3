import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { createTrainingCaller, createTrainingClient, deliver, forgetJobs } from '#edge/testing/training-client.ts';

beforeEach(forgetJobs);

/** A tenant with a dataset, and a worker. */
async function start(tenantId: string, test = createTestApp()) {
  const client = await createTrainingClient(tenantId, test);
  const dataset = await client.addDataset();
  return { ...client, dataset, worker: createTrainingCaller(test), test };
}

const progress = (step: number, tokens: number) => ({ step, steps: 170, loss: 1.5, tokens, seconds_left: 60 });

describe('a training job', () => {
  it('goes from the request through queue and worker to a published adapter version, and tells each step', async () => {
    const { dataset, submit, show, worker, test, objects, request, send } = await start('job-whole');
    const job = await submit(dataset.id, { preset: 'quick', settings: { seed: 7, learning_rate: 0.001 } });
    expect(job).toMatchObject({ state: 'submitted', position: 1, settings: { steps: 60, seed: 7 }, progress: null });
    await deliver(test);
    expect(await show(job.id)).toMatchObject({ state: 'queued', position: 1 });

    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    expect(lease).toMatchObject({
      job_id: job.id,
      lease: 1,
      attempt: 1,
      heartbeat_seconds: 15,
      settings: { method: 'retrieve', steps: 60, evaluateEvery: 20, devQueries: 50, seed: 7, learningRate: 0.001 },
      publish: 'if-better',
      dataset: { id: dataset.id, sha256: dataset.sha256, object_key: `datasets/${dataset.id}` },
      checkpoint: null,
      adapter_object_key: `uploads/${job.id}-1`,
    });
    expect(await worker.lease()).toBeUndefined();
    const checkpoint = {
      object_key: `${lease.checkpoint_prefix}1-20`,
      sha256: 'a'.repeat(64),
      bytes: 9,
      step: 20,
      tokens: 400,
    };
    objects.objects.set(checkpoint.object_key, new Uint8Array(9));
    const news = [
      { kind: 'base', metric: 0.6 },
      { kind: 'dev', step: 20, metric: 0.65, best: true },
    ];
    expect(await worker.beat(lease, { beat: 1, progress: progress(20, 400), news, checkpoint })).toEqual({
      status: 200,
      body: { continue: true },
    });
    expect(await show(job.id)).toMatchObject({
      state: 'running',
      position: null,
      attempt: 1,
      progress: { step: 20, steps: 170, loss: 1.5, base_metric: 0.6, dev_metric: 0.65, best_metric: 0.65 },
      cost: { tokens: 400 },
    });

    expect(await worker.complete(lease, 'adapter')).toEqual({
      status: 200,
      body: { state: 'completed', adapter_version: 1 },
    });
    expect(await show(job.id)).toMatchObject({
      state: 'completed',
      cost: { tokens: 1_000 },
      result: { published: 'tickets@1', summary: { better: true } },
      error: null,
    });
    expect((await send('GET', '/v1/adapters/tickets')).body).toMatchObject({ versions: [1] });
    expect((await send('GET', `/v1/training-jobs/${job.id}/report`)).body).toEqual({ verdict: 'better' });
    // Checkpoint and handed-over file are gone; dataset, report and the adapter stay.
    expect([...objects.objects.keys()].map((name) => name.split('/')[0]).sort()).toEqual([
      'adapters',
      'datasets',
      'training',
    ]);
    const events = await (await request('GET', `/v1/training-jobs/${job.id}/events`)).text();
    expect(
      [...events.matchAll(/"(?:kind":"dev|state":"\w+)"|"kind":"(?:progress|base)"/g)].map(([text]) => text),
    ).toEqual([
      '"state":"submitted"',
      '"state":"queued"',
      '"state":"running"',
      '"kind":"base"',
      '"kind":"progress"',
      '"kind":"dev"',
      '"state":"completed"',
    ]);
    const usage = (await send('GET', '/v1/usage')).body;
    expect(usage).toMatchObject({ totals: { tokens: 1_000 } });
  });

  it('publishes once, though its worker finishes twice, and never what a worker without the lease has trained', async () => {
    const { dataset, submit, show, worker, test, clock, send } = await start('job-once');
    const job = await submit(dataset.id);
    await deliver(test);
    const first = await worker.lease();
    clock.advance(61_000);
    const second = await worker.lease();
    if (first === undefined || second === undefined) throw new Error('there is no lease');
    expect([first.lease, second.lease, second.attempt]).toEqual([1, 2, 2]);
    const [late, good] = await Promise.all([worker.complete(first, 'zombie'), worker.complete(second, 'adapter')]);
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'lease_lost' } } });
    expect(good).toEqual({ status: 200, body: { state: 'completed', adapter_version: 1 } });
    expect(await worker.complete(second, 'adapter')).toEqual(good);
    expect(await worker.complete(first, 'zombie')).toMatchObject({ status: 409 });
    expect((await send('GET', '/v1/adapters/tickets')).body).toMatchObject({ versions: [1] });
    expect(await show(job.id)).toMatchObject({ attempt: 2, result: { published: 'tickets@1' } });
  });

  it('is published, once, though the edge died that checked the adapter: after half a minute the next call does it', async () => {
    const { dataset, submit, show, worker, test, clock, send } = await start('job-edge-died');
    const job = await submit(dataset.id);
    await deliver(test);
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    test.objects.fault = (request, key) =>
      request.method === 'PUT' && key.startsWith('adapters/') ? Promise.reject(new TypeError('gone')) : undefined;
    expect(await worker.complete(lease, 'adapter')).toMatchObject({ status: 503 });
    test.objects.fault = () => undefined;
    const died = env.DB.prepare("UPDATE adapter_uploads SET state = 'completing', claimed_at = ? WHERE id = ?");
    await died.bind(clock.nowMs, `${job.id}-1`).run();
    expect(await worker.complete(lease, 'adapter')).toMatchObject({
      status: 503,
      body: { error: { code: 'training_unavailable' } },
    });
    clock.advance(30_001);
    expect(await worker.complete(lease, 'adapter')).toEqual({
      status: 200,
      body: { state: 'completed', adapter_version: 1 },
    });
    expect((await send('GET', '/v1/adapters/tickets')).body).toMatchObject({ versions: [1] });
    expect(await show(job.id)).toMatchObject({ attempt: 1, result: { published: 'tickets@1' } });
  });

  it('publishes nothing where the lease is lost while the adapter is checked', async () => {
    const test = createTestApp();
    const { dataset, submit, worker, clock, send } = await start('job-race', test);
    const job = await submit(dataset.id);
    await deliver(test);
    const first = await worker.lease();
    if (first === undefined) throw new Error('there is no lease');
    test.objects.fault = (request, key) => {
      if (request.method !== 'PUT' || !key.startsWith('adapters/')) return undefined;
      test.objects.fault = () => undefined;
      // An hour passes at the worst moment, and another worker takes the job.
      clock.advance(3_600_000);
      return worker.lease().then(() => test.objects.fetch(request));
    };
    expect(await worker.complete(first, 'adapter')).toMatchObject({
      status: 409,
      body: { error: { code: 'lease_lost' } },
    });
    expect((await send('GET', '/v1/adapters')).body).toMatchObject({ data: [] });
    const row = await env.DB.prepare('SELECT state, lease, version FROM training_jobs WHERE id = ?')
      .bind(job.id)
      .first();
    expect(row).toEqual({ state: 'running', lease: 2, version: null });
  });

  it('goes on from its last checkpoint, and counts tokens of repeated steps once', async () => {
    const { dataset, submit, show, worker, test, clock } = await start('job-resume');
    const job = await submit(dataset.id);
    await deliver(test);
    const first = await worker.lease();
    if (first === undefined) throw new Error('there is no lease');
    const checkpoint = { object_key: 'training/x', sha256: 'b'.repeat(64), bytes: 9, step: 50, tokens: 500 };
    await worker.beat(first, { beat: 1, progress: progress(50, 500), checkpoint });
    await worker.beat(first, { beat: 2, progress: progress(60, 600) });
    expect(await worker.beat(first, { beat: 2, progress: progress(60, 600) })).toMatchObject({ status: 200 });
    clock.advance(61_000);
    await deliver(test);
    expect(await show(job.id)).toMatchObject({ state: 'queued', attempt: 1 });
    expect(await worker.beat(first, { beat: 3, progress: progress(61, 610) })).toMatchObject({ status: 409 });
    const second = await worker.lease();
    expect(second).toMatchObject({ lease: 2, attempt: 2, checkpoint });
    if (second === undefined) return;
    await worker.beat(second, { beat: 1, progress: progress(55, 550), news: [{ kind: 'resumed', step: 50 }] });
    expect(await show(job.id)).toMatchObject({ cost: { tokens: 600 }, progress: { step: 55 } });
    const days = await env.DB.prepare('SELECT tokens FROM training_days WHERE tenant_id = ?')
      .bind('job-resume')
      .first();
    expect(days).toEqual({ tokens: 600 });
    const { results } = await env.DB.prepare(
      "SELECT data FROM training_events WHERE job_id = ? AND data LIKE '%progress%'",
    )
      .bind(job.id)
      .all();
    expect(results).toHaveLength(3);
  });

  it('fails with its reason after three attempts, whether workers die or say so', async () => {
    const { dataset, submit, show, worker, test, clock } = await start('job-poison');
    const dying = await submit(dataset.id);
    await deliver(test);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await worker.lease()).toMatchObject({ attempt });
      clock.advance(61_000);
      await deliver(test);
    }
    expect(await worker.lease()).toBeUndefined();
    expect(await show(dying.id)).toMatchObject({
      state: 'failed',
      error: { code: 'worker_lost', message: expect.stringContaining('in 3 attempts') },
    });
    const failing = await submit(dataset.id);
    await deliver(test);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const lease = await worker.lease();
      if (lease === undefined) throw new Error('there is no lease');
      await worker.finish(lease, { outcome: 'failed', code: 'out_of_memory', message: 'No memory.', retryable: true });
    }
    expect(await show(failing.id)).toMatchObject({ state: 'failed', error: { code: 'out_of_memory' } });
    const refused = await submit(dataset.id);
    await deliver(test);
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    const fault = { outcome: 'failed', code: 'invalid_settings', message: 'heads is 5; …', retryable: false };
    expect(await worker.finish(lease, fault)).toMatchObject({ body: { state: 'failed' } });
    expect(await show(refused.id)).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'invalid_settings' } });
  });

  it('is handed back by a worker that is shut down, which costs it no attempt', async () => {
    const { dataset, submit, show, worker, test } = await start('job-release');
    const job = await submit(dataset.id);
    await deliver(test);
    for (let lease = 1; lease <= 4; lease += 1) {
      const held = await worker.lease();
      expect(held).toMatchObject({ lease, attempt: 1 });
      if (held === undefined) return;
      expect(await worker.finish(held, { outcome: 'released' })).toMatchObject({ body: { state: 'queued' } });
      expect(await worker.finish(held, { outcome: 'released' })).toMatchObject({ body: { state: 'queued' } });
    }
    expect(await show(job.id)).toMatchObject({ state: 'queued', attempt: 0 });
  });

  it('without a gain is kept unpublished, or published where that was asked for', async () => {
    const { dataset, submit, show, worker, test, send } = await start('job-gain');
    const kept = await submit(dataset.id);
    const published = await submit(dataset.id, { on_no_gain: 'publish' });
    await deliver(test);
    for (const text of ['one', 'two']) {
      const lease = await worker.lease();
      if (lease === undefined) throw new Error('there is no lease');
      await worker.complete(lease, text, { better: false, signs: [{ sign: 'no_gain', sentence: 'None.' }] });
    }
    expect(await show(kept.id)).toMatchObject({
      state: 'completed',
      result: { published: null, summary: { better: false } },
    });
    expect(await show(published.id)).toMatchObject({ state: 'completed', result: { published: 'tickets@1' } });
    expect((await send('GET', `/v1/training-jobs/${kept.id}/report`)).status).toBe(200);
  });

  it('fails where the adapter is refused, and waits for another try where nobody can check it', async () => {
    const test = createTestApp();
    const { dataset, submit, show, worker, clock } = await start('job-refused', test);
    const job = await submit(dataset.id);
    await deliver(test);
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    test.objects.fault = (request, key) =>
      request.method === 'PUT' && key.startsWith('adapters/') ? Promise.reject(new TypeError('gone')) : undefined;
    expect(await worker.complete(lease, 'adapter')).toMatchObject({ status: 503 });
    expect(await show(job.id)).toMatchObject({ state: 'running' });
    // The lease was made longer for the check.
    clock.advance(100_000);
    test.objects.fault = () => undefined;
    expect(await worker.complete(lease, 'bad adapter')).toMatchObject({ status: 200, body: { state: 'failed' } });
    expect(await show(job.id)).toMatchObject({ state: 'failed', error: { code: 'invalid_adapter' } });
  });
});

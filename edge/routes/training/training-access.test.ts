import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import {
  createTrainingCaller,
  createTrainingClient,
  datasetLines,
  deliver,
  forgetJobs,
} from '#edge/testing/training-client.ts';
import { sweepTraining } from '#edge/training/sweep-training.ts';

beforeEach(forgetJobs);

async function start(tenantId: string) {
  const test = createTestApp();
  const client = await createTrainingClient(tenantId, test);
  const worker = createTrainingCaller(test);
  const dataset = await client.addDataset();
  const finish = async (adapter: string) => {
    const job = await client.submit(dataset.id);
    await deliver(test);
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    await worker.complete(lease, adapter);
    return job;
  };
  return { ...client, test, worker, dataset, finish };
}

describe('another tenant', () => {
  it('gets 404 for dataset, job, events and report, and finds neither in its lists', async () => {
    const { test, dataset, finish } = await start('owner');
    const job = await finish('adapter');
    const stranger = await createTrainingClient('stranger', test);
    for (const [method, path, code] of [
      ['GET', `/v1/datasets/${dataset.id}`, 'dataset_not_found'],
      ['DELETE', `/v1/datasets/${dataset.id}?jobs=delete`, 'dataset_not_found'],
      ['GET', `/v1/datasets?after=${dataset.id}`, 'dataset_not_found'],
      ['GET', `/v1/training-jobs/${job.id}`, 'training_job_not_found'],
      ['GET', `/v1/training-jobs?after=${job.id}`, 'training_job_not_found'],
      ['GET', `/v1/training-jobs/${job.id}/events`, 'training_job_not_found'],
      ['GET', `/v1/training-jobs/${job.id}/report`, 'training_job_not_found'],
      ['POST', `/v1/training-jobs/${job.id}/cancel`, 'training_job_not_found'],
      ['DELETE', `/v1/training-jobs/${job.id}`, 'training_job_not_found'],
    ] as const) {
      expect({ path, ...(await stranger.send(method, path)) }).toMatchObject({
        path,
        status: 404,
        body: { error: { code } },
      });
    }
    expect(await stranger.json('POST', '/v1/training-jobs', { dataset: dataset.id, adapter: 'a' })).toMatchObject({
      status: 404,
      body: { error: { code: 'dataset_not_found', param: 'dataset' } },
    });
    expect((await stranger.send('GET', '/v1/datasets')).body).toMatchObject({ data: [] });
    expect((await stranger.send('GET', '/v1/training-jobs')).body).toMatchObject({ data: [] });
  });
});

describe('lists', () => {
  it('go page by page, newest first, also where several were made at once', async () => {
    const { submit, dataset, send } = await start('pages');
    const made = [];
    for (let count = 0; count < 3; count += 1) made.push((await submit(dataset.id)).id);
    const { body: first } = await send('GET', '/v1/training-jobs?limit=2');
    const ids = (body: Record<string, unknown>) => (body['data'] as { id: string }[]).map(({ id }) => id);
    expect(first).toMatchObject({ has_more: true });
    const { body: second } = await send('GET', `/v1/training-jobs?limit=2&after=${ids(first)[1]}`);
    expect(second).toMatchObject({ has_more: false });
    expect([...ids(first), ...ids(second)].sort()).toEqual(made.sort());
    expect(await send('GET', '/v1/training-jobs?limit=101')).toMatchObject({ status: 400 });
  });
});

describe('events', () => {
  it('go on behind Last-Event-ID, wait for what comes, and end with the job', async () => {
    const { submit, dataset, request, test, worker } = await start('events');
    const job = await submit(dataset.id);
    await deliver(test);
    const path = `/v1/training-jobs/${job.id}/events`;
    const lease = await worker.lease();
    if (lease === undefined) throw new Error('there is no lease');
    const response = await request('GET', path, { headers: { 'last-event-id': '2' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe('retry: 1000\n\n');
    expect((await reader?.read())?.value).toBe('id: 3\ndata: {"kind":"state","state":"running","message":null}\n\n');
    const next = reader?.read();
    await worker.finish(lease, { outcome: 'failed', code: 'x', message: 'Broken.', retryable: false });
    let rest = (await next)?.value ?? '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) rest += part.value;
    expect(rest.replaceAll(': still here\n\n', '')).toBe(
      'id: 4\ndata: {"kind":"state","state":"failed","message":"Broken."}\n\n',
    );
    const seen = await (await request('GET', path, { headers: { 'last-event-id': '4' } })).text();
    expect(seen).toBe('retry: 1000\n\n');
    expect((await request('GET', path, { headers: { 'last-event-id': 'x' } })).status).toBe(400);
  });

  it('end after five minutes of a job that goes on, with a sign of life in between', async () => {
    const { submit, dataset, request, clock } = await start('events-long');
    const job = await submit(dataset.id);
    const startedAtMs = clock.nowMs;
    const text = await (await request('GET', `/v1/training-jobs/${job.id}/events`)).text();
    expect(clock.nowMs - startedAtMs).toBe(300_000);
    expect(text.split(': still here').length - 1).toBe(20);
    // Six hundred questions to the database, which take a busy machine its time.
  }, 60_000);
});

describe('an Idempotency-Key', () => {
  it('makes one dataset and one job of a request sent twice, and refuses another request', async () => {
    const { upload, json, dataset } = await start('idempotent');
    const key = { 'idempotency-key': 'once' };
    const first = await upload(datasetLines(), key, '?name=tickets');
    expect(first).toMatchObject({ status: 201, body: { name: 'tickets' } });
    expect(await upload(datasetLines(), key, '?name=tickets')).toMatchObject({ status: 201, body: first.body });
    for (const [text, query] of [
      [datasetLines(41), '?name=tickets'],
      [datasetLines(), '?name=other'],
    ] as const) {
      expect(await upload(text, key, query)).toMatchObject({
        status: 409,
        body: { error: { code: 'idempotency_conflict' } },
      });
    }
    const changed = datasetLines().replace('query 1"', 'query x"');
    expect(await upload(changed, key, '?name=tickets')).toMatchObject({ status: 409 });
    const request = { dataset: dataset.id, adapter: 'tickets' };
    const job = await json('POST', '/v1/training-jobs', request, key);
    expect(await json('POST', '/v1/training-jobs', request, key)).toMatchObject({
      status: 201,
      body: { id: job.body['id'] },
    });
    expect(await json('POST', '/v1/training-jobs', { ...request, preset: 'quick' }, key)).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_conflict', param: 'Idempotency-Key' } },
    });
    const both = await Promise.all(
      [1, 2].map(() => json('POST', '/v1/training-jobs', request, { 'idempotency-key': 'race' })),
    );
    expect(both[0]?.body['id']).toBe(both[1]?.body['id']);
    expect(await json('POST', '/v1/training-jobs', request, { 'idempotency-key': 'x'.repeat(201) })).toMatchObject({
      status: 400,
      body: { message: 'Idempotency-Key has 201 characters; it must be 1 to 200 visible ASCII characters' },
    });
  });
});

describe('a deletion', () => {
  it('takes a job with events and reports, and its adapter version only where that was asked for', async () => {
    const { finish, send, objects } = await start('delete-job');
    const kept = await finish('one');
    const gone = await finish('two');
    expect(await send('DELETE', `/v1/training-jobs/${kept.id}`)).toMatchObject({
      status: 200,
      body: { deleted_adapter: null },
    });
    expect(await send('DELETE', `/v1/training-jobs/${gone.id}?adapter=delete`)).toMatchObject({
      body: { deleted_adapter: 'tickets@2' },
    });
    expect((await send('GET', '/v1/adapters/tickets')).body).toMatchObject({ versions: [1] });
    expect((await send('GET', `/v1/training-jobs/${kept.id}`)).status).toBe(404);
    expect([...objects.objects.keys()].filter((key) => key.startsWith('training/'))).toEqual([]);
    const { results } = await env.DB.prepare('SELECT job_id FROM training_events').all();
    expect(results).toEqual([]);
  });

  it('of a dataset waits for its jobs, and takes them with it where that was asked for', async () => {
    const { finish, submit, send, dataset, objects } = await start('delete-dataset');
    const ended = await finish('one');
    const active = await submit(dataset.id);
    expect(await send('DELETE', `/v1/training-jobs/${active.id}`)).toMatchObject({
      status: 409,
      body: { error: { code: 'training_job_active' } },
    });
    expect(await send('DELETE', `/v1/datasets/${dataset.id}`)).toMatchObject({
      status: 409,
      body: { error: { code: 'dataset_in_use' }, message: expect.stringContaining(`${active.id} (submitted)`) },
    });
    await send('POST', `/v1/training-jobs/${active.id}/cancel`);
    const { body } = await send('DELETE', `/v1/datasets/${dataset.id}?jobs=delete`);
    expect((body['deleted_jobs'] as string[]).sort()).toEqual([active.id, ended.id].sort());
    expect([...objects.objects.keys()].map((key) => key.split('/')[0])).toEqual(['adapters']);
    expect((await send('GET', `/v1/datasets/${dataset.id}`)).status).toBe(404);
  });

  it('that the store does not do at once is done by the sweep, and seen by nobody meanwhile', async () => {
    const { finish, send, dataset, objects, test } = await start('delete-later');
    const job = await finish('one');
    objects.fault = (request) => (request.method === 'DELETE' ? Promise.reject(new TypeError('gone')) : undefined);
    expect((await send('DELETE', `/v1/datasets/${dataset.id}?jobs=delete`)).status).toBe(200);
    expect((await send('GET', `/v1/training-jobs/${job.id}`)).status).toBe(404);
    expect((await send('GET', `/v1/datasets/${dataset.id}`)).status).toBe(404);
    objects.fault = () => undefined;
    await sweepTraining(test.dependencies.training.service, test.dependencies.training);
    expect([...objects.objects.keys()].map((key) => key.split('/')[0])).toEqual(['adapters']);
    for (const table of ['training_jobs', 'training_events']) {
      expect(await env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first()).toEqual({ n: 0 });
    }
    expect(await env.DB.prepare('SELECT id FROM datasets WHERE id = ?').bind(dataset.id).first()).toBeNull();
  });
});

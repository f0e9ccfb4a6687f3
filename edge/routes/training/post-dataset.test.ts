import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createTestApp } from '#edge/testing/create-test-app.ts';
import { createTrainingClient, datasetLines } from '#edge/testing/training-client.ts';
import { sweepTraining } from '#edge/training/sweep-training.ts';
import { limits } from '#shared/limits.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';

const client = (tenantId: string) => createTrainingClient(tenantId, createTestApp());

const line = (query: string, changes: object = {}) =>
  `${JSON.stringify({ query, relevant_passages: ['p'], ...changes })}\n`;

describe('POST /v1/datasets', () => {
  it('stores the bytes as they are, with counts and what parts have in common', async () => {
    const { upload, send, objects } = await client('data-good');
    const text = [
      datasetLines(20),
      ...Array.from({ length: 10 }, (_, index) => line(`dev ${index}`, { split: 'dev', hard_negatives: ['a', 'b'] })),
      '\n',
      line('Query  1', { split: 'dev' }),
      line('query 2'),
      line('query 3', { split: 'test', hard_negatives: null, unknown: 1 }),
    ].join('');
    const { status, body } = await upload(text, {}, '?name=squad');
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        object: 'dataset',
        name: 'squad',
        bytes: text.length,
        sha256: await digestBody(new TextEncoder().encode(text)),
        queries: { train: 21, dev: 11, test: 1 },
        passages: 53,
        warnings: [
          '1 train queries are also dev queries and are left out of training: lines 2',
          '1 train queries are also test queries and are left out of training: lines 4',
          '1 queries repeat an earlier one of their part and are joined with it: lines 33',
        ],
      },
    });
    expect(new TextDecoder().decode(objects.objects.get(`datasets/${body['id']}`))).toBe(text);
    expect((await send('GET', `/v1/datasets/${body['id']}`)).body).toEqual(body);
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [body] });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['broken JSON', `${datasetLines()}{"query": "a secret`, 'line 41: is not valid JSON'],
    ['no object', `[1]\n${datasetLines()}`, 'line 1: is not a JSON object'],
    ['no query', `${datasetLines()}{"relevant_passages":["p"]}`, 'line 41: query is missing; it must be a string'],
    ['an empty query', line('  ') + datasetLines(), 'line 1: query is empty'],
    [
      'no passages',
      line('a secret', { relevant_passages: [] }),
      'line 1: relevant_passages is empty, at least 1 is needed',
    ],
    [
      'passages that are a text',
      line('q', { relevant_passages: 'a secret' }),
      'line 1: relevant_passages is a string; it must be an array',
    ],
    [
      'blank passages',
      line('q', { relevant_passages: [' ', ''] }),
      'line 1: relevant_passages has no passage with text',
    ],
    [
      'a passage that is no text',
      line('q', { relevant_passages: [7] }),
      'line 1: relevant_passages[0] is 7; it must be a string',
    ],
    [
      'too many passages',
      line('q', { hard_negatives: Array(1_001).fill('') }),
      'hard_negatives has 1,001 items, the limit is 1,000',
    ],
    ['an unknown part', line('q', { split: 'valid' }), 'split is "valid"; it must be one of "train", "dev", "test"'],
    ['a byte that is not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d, 0x0a]), 'line 1: is not valid UTF-8'],
    ['deep nesting', `${'['.repeat(500)}\n`, 'line 1: is nested deeper than 64 levels'],
    ['a long line', `{"a":"${'x'.repeat(limits.datasetLineBytesMax)}"}\n`, 'line 1: has more than 4,000,000 bytes'],
    [
      'few queries',
      datasetLines(39),
      'it has 39 training queries; at least 40 are needed where no line has split "dev"',
    ],
    [
      'few of each part',
      datasetLines(8) + line('d', { split: 'dev' }),
      '8 training queries are left; at least 16 are needed; 1 dev queries are left; at least 8 are needed',
    ],
    ['many bad lines', 'x\n'.repeat(50), 'line 20: is not valid JSON; and 30 more bad lines'],
  ])('422 for %s, with line and reason, and nothing is left', async (name, text, message) => {
    const { upload, objects, send } = await client(`data-bad ${name}`);
    const { status, body } = await upload(text);
    expect({ status, body }).toMatchObject({ status: 422, body: { error: { code: 'invalid_dataset' } } });
    expect(body['message']).toContain(message);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(objects.objects.size).toBe(0);
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [] });
  });

  it('refuses a body without a length, another digest than stated, JSON, a form and nothing', async () => {
    const { send, upload, objects } = await client('data-headers');
    expect(await send('POST', '/v1/datasets', { body: datasetLines() })).toMatchObject({ status: 411 });
    const digest = { 'content-digest': `sha-256=:${btoa('x'.repeat(32))}:` };
    expect(await upload(datasetLines(), digest)).toMatchObject({
      status: 400,
      body: { error: { param: 'Content-Digest' } },
    });
    for (const type of ['application/json', 'multipart/form-data; boundary=x']) {
      expect(await upload(datasetLines(), { 'content-type': type })).toMatchObject({ status: 415 });
    }
    for (const type of ['application/jsonl', 'application/x-ndjson', 'application/x-www-form-urlencoded']) {
      expect(await upload(datasetLines(), { 'content-type': type })).toMatchObject({ status: 201 });
    }
    expect(await upload('')).toMatchObject({ status: 400 });
    const declared = { 'content-length': String(limits.datasetBytesMax + 1) };
    expect(await upload('x', declared)).toMatchObject({ status: 413 });
    expect(objects.objects.size).toBe(3);
  });

  it('leaves nothing when the store fails in the middle, and says so', async () => {
    const { upload, objects, send, dependencies } = await client('data-store');
    objects.fault = (request) => (request.method === 'PUT' ? Promise.reject(new TypeError('gone')) : undefined);
    expect(await upload(datasetLines())).toMatchObject({
      status: 503,
      body: { error: { code: 'adapter_store_unavailable' } },
    });
    objects.fault = () => undefined;
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [] });
    // Of what was torn a store may make an object later: the row stays, so that the sweep deletes it once more.
    const rows = async () =>
      (await env.DB.prepare("SELECT id, state FROM datasets WHERE tenant_id = 'data-store'").all()).results;
    const [torn] = await rows();
    expect(torn).toMatchObject({ state: 'deleted' });
    objects.objects.set(`datasets/${torn?.['id']}`, new Uint8Array(1));
    await sweepTraining(dependencies.training.service, dependencies.training);
    expect([...objects.objects.keys(), ...(await rows())]).toEqual([]);
    expect(await upload(datasetLines())).toMatchObject({ status: 201 });
  });

  it('gives a store up that hangs, and takes the same request under the same key afterwards', async () => {
    const { upload, objects, clock, send } = await client('data-hang');
    const key = { 'idempotency-key': 'once' };
    const asked = Promise.withResolvers<void>();
    objects.fault = (request) => {
      asked.resolve();
      return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
    };
    const hanging = upload(datasetLines(), key);
    await asked.promise;
    objects.fault = () => undefined;
    const ended = hanging.then(() => true);
    const turn = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), 5));
    while (!(await Promise.race([ended, turn()]))) clock.advance(30_000);
    expect(await hanging).toMatchObject({ status: 503, body: { error: { code: 'adapter_store_unavailable' } } });
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [] });
    expect(await upload(datasetLines(), key)).toMatchObject({ status: 201 });
  });

  it('of which the edge died is taken anew under its key after five minutes', async () => {
    const { upload, clock, send } = await client('data-died');
    const key = { 'idempotency-key': 'once' };
    const columns = 'id, tenant_id, name, state, bytes, idempotency_key, created_at';
    await env.DB.prepare(
      `INSERT INTO datasets (${columns}) VALUES ('ds_died', 'data-died', 'd', 'receiving', 9, 'once', ?)`,
    )
      .bind(clock.nowMs)
      .run();
    expect(await upload(datasetLines(), key)).toMatchObject({
      status: 409,
      body: { error: { code: 'request_in_progress' } },
    });
    clock.advance(300_000);
    const { status, body } = await upload(datasetLines(), key);
    expect(status).toBe(201);
    expect((await send('GET', '/v1/datasets')).body).toMatchObject({ data: [{ id: body['id'] }] });
    expect((await upload(datasetLines(), key)).body).toEqual(body);
  });
});

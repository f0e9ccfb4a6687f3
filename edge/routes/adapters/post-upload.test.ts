import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { runScheduledWork } from '#edge/scheduled/run-scheduled-work.ts';
import { createAdapterClient } from '#edge/testing/adapter-calls.ts';
import { checkFakeAdapter } from '#edge/testing/fake-adapter-check.ts';
import { FakeObjectStore } from '#edge/testing/fake-object-store.ts';
import { limits } from '#shared/limits.ts';
import { type AdapterUploadResponse, adapterUploadSchema } from '#shared/protocol/adapter-upload-response.ts';
import { digestBody } from '#shared/signed-calls/digest-body.ts';

type Client = Awaited<ReturnType<typeof createAdapterClient>>;

const bytesOf = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => digestBody(bytesOf(text));

async function begin({ json }: Client, text: string, changes: object = {}, name = 'tickets') {
  const request = { bytes: bytesOf(text).length, sha256: await sha256(text), ...changes };
  const { status, body } = await json('POST', `/v1/adapters/${name}/uploads`, request);
  expect({ status, body }).toMatchObject({ status: 201 });
  return adapterUploadSchema.parse(body);
}

/** What a client does with one part. */
async function send({ objects }: Client, upload: AdapterUploadResponse, number: number, body: BodyInit) {
  const part = upload.parts[number - 1];
  if (part === undefined) throw new Error(`the upload has no part ${number}`);
  const response = await objects.fetch(new Request(part.url, { method: 'PUT', headers: part.headers, body }));
  return response.headers.get('etag') ?? '';
}

const complete = ({ json }: Client, id: string, etags: string[] = [], name = 'tickets') =>
  json('POST', `/v1/adapters/${name}/uploads/${id}/complete`, { etags });

const rows = async () => (await env.DB.prepare('SELECT id FROM adapter_uploads').all()).results.length;

describe('an upload with URLs', () => {
  it('goes to the store in one piece and becomes a version, once, however often it is completed', async () => {
    const client = await createAdapterClient('url-one');
    const upload = await begin(client, 'adapter');
    expect(upload.parts).toHaveLength(1);
    const url = new URL(upload.parts[0]?.url ?? '');
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host;x-amz-checksum-sha256');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('3600');
    await send(client, upload, 1, 'adapter');
    const first = await complete(client, upload.id);
    expect(first).toMatchObject({ status: 200, body: { id: 'tickets@1', digest: await sha256('adapter'), bytes: 7 } });
    expect(await complete(client, upload.id)).toMatchObject({ status: 200, body: { id: 'tickets@1' } });
    expect([...client.objects.objects.keys()]).toEqual([`adapters/${await sha256('adapter')}.safetensors`]);
  });

  it('goes in parts, each bound to its own digest', async () => {
    const client = await createAdapterClient('url-parts');
    const size = limits.adapterPartBytes;
    const head = 'x'.repeat(size);
    const part_sha256 = [await sha256(head), await sha256('tail')];
    const upload = await begin(client, `${head}tail`, { part_sha256 });
    expect(upload.parts.map(({ number, bytes }) => [number, bytes])).toEqual([
      [1, size],
      [2, 4],
    ]);
    expect(new Set(upload.parts.map(({ headers }) => headers['x-amz-checksum-sha256'])).size).toBe(2);
    const etags = [await send(client, upload, 1, head), await send(client, upload, 2, 'tail')];
    expect(await complete(client, upload.id, ['"x"', '"y"'])).toMatchObject({
      status: 409,
      body: { error: { code: 'upload_conflict' } },
    });
    expect(await complete(client, upload.id, etags.slice(1))).toMatchObject({
      status: 400,
      body: { message: 'etags has 1 items; the upload has 2 parts' },
    });
    expect(await complete(client, upload.id, etags)).toMatchObject({ status: 200, body: { bytes: size + 4 } });
    // A part's 16 MiB are hashed six times on the way, which takes a busy machine its time.
  }, 60_000);

  it('is refused where the digests are not as many as the parts, or the file is too large', async () => {
    const { json } = await createAdapterClient('url-wrong');
    const digest = 'a'.repeat(64);
    const post = (body: object) => json('POST', '/v1/adapters/tickets/uploads', body);
    expect(await post({ bytes: 10, sha256: digest, part_sha256: [digest, digest] })).toMatchObject({
      status: 400,
      body: { error: { param: 'part_sha256', message: expect.stringContaining('10 bytes make 1 parts') } },
    });
    for (const body of [
      { bytes: limits.adapterBytesMax + 1, sha256: digest },
      { bytes: 0, sha256: digest },
      { bytes: 1, sha256: 'A'.repeat(64) },
      { bytes: 1 },
      { bytes: 1, sha256: digest, extra: true },
    ]) {
      expect(await post(body)).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    }
  });

  it('cannot be completed without its bytes, with fewer, or with others', async () => {
    const client = await createAdapterClient('url-bytes');
    const upload = await begin(client, 'adapter');
    expect(await complete(client, upload.id)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('has no bytes yet') },
    });
    await send(client, upload, 1, 'adap');
    expect(await complete(client, upload.id)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('has 4 of 7 bytes') },
    });
    client.objects.objects.clear();
    await send(client, upload, 1, 'ADAPTER');
    expect(await complete(client, upload.id)).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid_adapter' } },
    });
    expect(await client.send('GET', '/v1/adapters')).toMatchObject({ body: { data: [] } });
  });

  it('is not there for another tenant, under another name, or after an abort', async () => {
    const client = await createAdapterClient('url-owner');
    const stranger = await createAdapterClient('url-stranger', { objects: client.objects });
    const upload = await begin(client, 'adapter');
    await send(client, upload, 1, 'adapter');
    const missing = { status: 404, body: { error: { code: 'upload_not_found' } } };
    expect(await complete(stranger, upload.id)).toMatchObject(missing);
    expect(await complete(client, upload.id, [], 'other')).toMatchObject(missing);
    expect(await stranger.send('DELETE', `/v1/adapters/tickets/uploads/${upload.id}`)).toMatchObject(missing);
    expect(await client.send('DELETE', `/v1/adapters/tickets/uploads/${upload.id}`)).toMatchObject({
      status: 200,
      body: { object: 'aborted_adapter_upload', id: upload.id },
    });
    expect(client.objects.objects.size).toBe(0);
    expect(await complete(client, upload.id)).toMatchObject(missing);
  });

  it('is completed once by two requests at once, and both learn the version', async () => {
    const client = await createAdapterClient('url-race');
    const upload = await begin(client, 'adapter');
    await send(client, upload, 1, 'adapter');
    const answers = await Promise.all([complete(client, upload.id), complete(client, upload.id)]);
    const statuses = answers.map(({ status }) => status).sort();
    expect([
      [200, 200],
      [200, 409],
    ]).toContainEqual(statuses);
    expect(await complete(client, upload.id)).toMatchObject({ status: 200, body: { id: 'tickets@1' } });
    expect(await client.send('GET', '/v1/adapters/tickets')).toMatchObject({ body: { versions: [1] } });
  });

  it('stays open when the worker or the store fails, and is completed later', async () => {
    const objects = new FakeObjectStore();
    const state = { workersDown: true };
    const checkAdapter = (body: string) =>
      state.workersDown ? Promise.reject(new TypeError('refused')) : checkFakeAdapter(objects, body);
    const client = await createAdapterClient('url-later', { objects, checkAdapter });
    const upload = await begin(client, 'adapter');
    await send(client, upload, 1, 'adapter');
    expect(await complete(client, upload.id)).toMatchObject({
      status: 503,
      body: { error: { code: 'no_worker_available' } },
    });
    state.workersDown = false;
    objects.fault = (request) => (request.method === 'PUT' ? Promise.reject(new TypeError('gone')) : undefined);
    expect(await complete(client, upload.id)).toMatchObject({
      status: 503,
      body: { error: { code: 'adapter_store_unavailable' } },
    });
    objects.fault = () => undefined;
    expect(await complete(client, upload.id)).toMatchObject({ status: 200, body: { version: 1 } });
  });

  it('can be completed again a quarter of an hour after a completion that never ended', async () => {
    const client = await createAdapterClient('url-dead-claim');
    const upload = await begin(client, 'adapter');
    await send(client, upload, 1, 'adapter');
    await env.DB.prepare("UPDATE adapter_uploads SET state = 'completing', claimed_at = ? WHERE id = ?")
      .bind(client.clock.nowMs, upload.id)
      .run();
    client.clock.advance(15 * 60_000);
    expect(await complete(client, upload.id)).toMatchObject({ status: 409 });
    client.clock.advance(1);
    expect(await complete(client, upload.id)).toMatchObject({ status: 200, body: { version: 1 } });
  });

  it('is limited in number for each tenant', async () => {
    const client = await createAdapterClient('url-many');
    for (let count = 0; count < limits.adapterUploadsMax; count += 1) await begin(client, `adapter ${count}`);
    const request = { bytes: 1, sha256: 'a'.repeat(64) };
    expect(await client.json('POST', '/v1/adapters/tickets/uploads', request)).toMatchObject({
      status: 409,
      body: { error: { code: 'too_many_adapters', message: expect.stringContaining('20 unfinished uploads') } },
    });
    await begin(await createAdapterClient('url-few'), 'adapter');
  });
});

describe('the sweep', () => {
  const afterExpiry = limits.adapterUploadSeconds * 1_000 + 15 * 60_000 + 1;

  it('deletes what nobody completed, bytes first, and nothing before its URLs have expired', async () => {
    const client = await createAdapterClient('sweep-one');
    const { clock, dependencies, objects } = client;
    const upload = await begin(client, 'adapter');
    const parts = await begin(client, 'in parts', { part_sha256: [await sha256('in parts')] });
    await send(client, upload, 1, 'adapter');
    await send(client, parts, 1, 'in parts');
    await runScheduledWork(dependencies.adapterManagement);
    expect([objects.objects.size, objects.uploads.size]).toEqual([1, 1]);
    clock.advance(limits.adapterUploadSeconds * 1_000);
    expect(await complete(client, upload.id)).toMatchObject({ status: 404 });
    clock.advance(afterExpiry - limits.adapterUploadSeconds * 1_000);
    await runScheduledWork(dependencies.adapterManagement);
    expect([objects.objects.size, objects.uploads.size]).toEqual([0, 0]);
    expect(
      await env.DB.prepare('SELECT id FROM adapter_uploads WHERE tenant_id = ?').bind('sweep-one').first(),
    ).toBeNull();
  });

  it('takes away what was sent after an upload was complete, and not the version', async () => {
    const client = await createAdapterClient('sweep-late');
    const { clock, dependencies, objects } = client;
    const upload = await begin(client, 'adapter');
    await send(client, upload, 1, 'adapter');
    await complete(client, upload.id);
    await send(client, upload, 1, 'adapter');
    expect(objects.objects.size).toBe(2);
    clock.advance(afterExpiry);
    await runScheduledWork(dependencies.adapterManagement);
    expect([...objects.objects.keys()]).toEqual([`adapters/${await sha256('adapter')}.safetensors`]);
  });

  it('leaves to the next what the store does not delete, and happens at the next upload where no cron runs', async () => {
    const client = await createAdapterClient('sweep-retry');
    const { clock, dependencies, objects, logs, put } = client;
    await begin(client, 'adapter').then((upload) => send(client, upload, 1, 'adapter'));
    clock.advance(afterExpiry);
    const before = await rows();
    objects.fault = (request) => (request.method === 'DELETE' ? Promise.reject(new TypeError('gone')) : undefined);
    await runScheduledWork(dependencies.adapterManagement);
    expect(await rows()).toBe(before);
    expect(logs.map(({ event }) => event)).toContain('sweep_failed');
    objects.fault = () => undefined;
    clock.advance(15 * 60_000 + 1);
    expect(await put('other', 'another adapter')).toMatchObject({ status: 200 });
    expect(await rows()).toBe(before - 1);
    expect(objects.objects.size).toBe(1);
  });

  it('deletes a file an hour after the last version that names it, of any tenant, and only then', async () => {
    const objects = new FakeObjectStore();
    const one = await createAdapterClient('files-one', { objects });
    const two = await createAdapterClient('files-two', { objects, clock: one.clock });
    const { clock, dependencies } = one;
    const sweep = async () => {
      clock.advance(3_600_001);
      await runScheduledWork(dependencies.adapterManagement);
      return objects.objects.size;
    };
    await one.put('tickets', 'shared bytes');
    await two.put('mine', 'shared bytes');
    await one.send('DELETE', '/v1/adapters/tickets');
    expect(await sweep()).toBe(1);
    await two.send('DELETE', '/v1/adapters/mine');
    await runScheduledWork(dependencies.adapterManagement);
    expect(objects.objects.size).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await one.put('tickets', 'shared bytes')).toMatchObject({
      status: 200,
      body: { version: 2, created: true },
    });
    expect(await sweep()).toBe(1);
  });

  it('keeps an upload of the same bytes waiting while their file is being deleted', async () => {
    const client = await createAdapterClient('files-claim');
    const digest = await sha256('claimed bytes');
    await env.DB.prepare('INSERT INTO adapter_deletions VALUES (?, ?)').bind(digest, client.clock.nowMs).run();
    expect(await client.put('tickets', 'claimed bytes')).toMatchObject({
      status: 409,
      body: { error: { code: 'upload_conflict' } },
    });
    await env.DB.prepare('DELETE FROM adapter_deletions').run();
    expect(await client.put('tickets', 'claimed bytes')).toMatchObject({ status: 200 });
  });
});

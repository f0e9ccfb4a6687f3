import { describe, expect, it } from 'vitest';
import { runScheduledWork } from '#edge/scheduled/run-scheduled-work.ts';
import { createAdapterClient } from '#edge/testing/adapter-calls.ts';
import { FakeObjectStore } from '#edge/testing/fake-object-store.ts';
import { limits } from '#shared/limits.ts';
import { uploadedVersionSchema } from '#shared/protocol/adapter-response.ts';

const sha256 = async (text: string) => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

describe('PUT /v1/adapters/{name}: 200', () => {
  it('stores the bytes under their digest and registers the first version', async () => {
    const { put, objects } = await createAdapterClient('put-first');
    const { status, body } = await put('tickets', 'adapter one');
    expect({ status, body }).toMatchObject({ status: 200 });
    const digest = await sha256('adapter one');
    const version = uploadedVersionSchema.parse(body);
    expect(version).toMatchObject({ id: 'tickets@1', version: 1, digest, bytes: 11, created: true, aliases: [] });
    expect(version.details).toMatchObject({ method: 'retrieve', hidden_size: 576 });
    expect([...objects.objects.keys()]).toEqual([`adapters/${digest}.safetensors`]);
  });

  it('numbers versions, and makes none of the same bytes again', async () => {
    const { put } = await createAdapterClient('put-again');
    const versions = [];
    for (const text of ['a', 'a', 'b', 'a']) versions.push((await put('tickets', text)).body);
    expect(versions.map(({ version, created }) => [version, created])).toEqual([
      [1, true],
      [1, false],
      [2, true],
      [3, true],
    ]);
  });

  it('gives two uploads at once two numbers', async () => {
    const { put } = await createAdapterClient('put-twice');
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((text) => put('tickets', text)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.map(({ body }) => body['version']).sort()).toEqual([1, 2, 3, 4]);
  });

  it('checks the digest that the sender states', async () => {
    const { put, objects } = await createAdapterClient('put-digest');
    const stated = btoa(
      String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array([97])))),
    );
    const header = (base64: string) => ({ 'content-digest': `sha-512=:AAAA:, sha-256=:${base64}:` });
    expect(await put('tickets', 'a', header(stated))).toMatchObject({ status: 200 });
    expect(await put('tickets', 'b', header(stated))).toMatchObject({
      status: 400,
      body: { error: { param: 'Content-Digest' } },
    });
    expect(objects.objects.size).toBe(1);
    expect(await put('tickets', 'a', { 'content-digest': 'md5=:AAAA:' })).toMatchObject({ status: 400 });
  });
});

describe('PUT /v1/adapters/{name}: what is refused', () => {
  it.each([
    ['a@1', 'name is "a@1"; it must be 1 to 64 letters'],
    ['.hidden', 'name is ".hidden"'],
    ['x'.repeat(65), 'it must be 1 to 64'],
    ['smollm2-135m-instruct', 'name is "smollm2-135m-instruct", which is the base model'],
  ])('400 for the name %s', async (name, message) => {
    const { put } = await createAdapterClient('put-names');
    const { status, body } = await put(name, 'a');
    expect({ status, body }).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it('411 without a length, 413 over the limit, 415 for a form, 400 for nothing', async () => {
    const { put, send } = await createAdapterClient('put-headers');
    const body = new TextEncoder().encode('a');
    expect(await send('PUT', '/v1/adapters/a', { body })).toMatchObject({
      status: 411,
      body: { error: { code: 'length_required' } },
    });
    const over = String(limits.adapterBytesMax + 1);
    expect(await put('a', 'a', { 'content-length': over })).toMatchObject({
      status: 413,
      body: { message: 'The request body has 512,000,001 bytes, the limit is 512,000,000' },
    });
    for (const type of ['multipart/form-data; boundary=x', 'application/json']) {
      expect(await put('a', 'a', { 'content-type': type })).toMatchObject({ status: 415 });
    }
    expect(await put('a', '')).toMatchObject({ status: 400, body: { message: expect.stringContaining('empty') } });
  });

  it('422 for a file that a worker refuses, with its reason; nothing of it stays', async () => {
    const { put, send, objects } = await createAdapterClient('put-bad');
    expect(await put('tickets', 'bad bytes')).toMatchObject({
      status: 422,
      body: { error: { code: 'invalid_adapter', message: expect.stringContaining('holds NaN at index 0') } },
    });
    expect(objects.objects.size).toBe(0);
    expect(await send('GET', '/v1/adapters')).toMatchObject({ body: { data: [] } });
  });

  it('503 while the store is gone, and the same request succeeds when it is back', async () => {
    const objects = new FakeObjectStore();
    const { put, send } = await createAdapterClient('put-outage', { objects });
    objects.fault = () => Promise.reject(new TypeError('Network connection lost.'));
    const refused = await put('tickets', 'a');
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'adapter_store_unavailable' } } });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await send('GET', '/v1/adapters')).toMatchObject({ body: { data: [] } });
    objects.fault = () => undefined;
    expect(await put('tickets', 'a')).toMatchObject({ status: 200, body: { version: 1 } });
  });

  it('leaves to the sweep what a store makes of a transfer that broke off, even after it was deleted', async () => {
    const objects = new FakeObjectStore();
    const { put, clock, dependencies } = await createAdapterClient('put-torn', { objects });
    const torn: string[] = [];
    objects.fault = (request, key) => {
      if (request.method !== 'PUT') return undefined;
      torn.push(key);
      return Promise.reject(new TypeError('Network connection lost.'));
    };
    expect(await put('tickets', 'adapter')).toMatchObject({ status: 503 });
    for (const key of torn) objects.objects.set(key, new Uint8Array(3));
    expect(objects.objects.size).toBe(1);
    clock.advance((limits.adapterUploadSeconds + 16 * 60) * 1_000);
    await runScheduledWork(dependencies.adapterManagement);
    expect(objects.objects.size).toBe(0);
  });

  it.each([403, 301, 500])(
    '503 when the store answers %i, and the log says what happened without a key',
    async (code) => {
      const objects = new FakeObjectStore();
      const { put, logs } = await createAdapterClient('put-forbidden', { objects });
      objects.fault = () => Promise.resolve(new Response('<Error><Code>AccessDenied</Code></Error>', { status: code }));
      expect(await put('tickets', 'a')).toMatchObject({ status: 503 });
      expect(JSON.stringify(logs)).toContain(`got status ${code}`);
      expect(JSON.stringify(logs)).not.toMatch(/secret|uploads\/up_/);
    },
  );

  it('503 when no worker can check it; nothing of it stays', async () => {
    const down = () => Promise.reject(new TypeError('connection refused'));
    const { put, objects } = await createAdapterClient('put-workerless', { checkAdapter: down });
    expect(await put('tickets', 'a')).toMatchObject({ status: 503, body: { error: { code: 'no_worker_available' } } });
    expect(objects.objects.size).toBe(0);
  });

  it('503 where no store is configured', async () => {
    const { put } = await createAdapterClient('put-storeless', { environment: { objectStore: undefined } });
    expect(await put('tickets', 'a')).toMatchObject({
      status: 503,
      body: { message: 'This service was given no store for adapters (S3_BUCKET).' },
    });
  });
});

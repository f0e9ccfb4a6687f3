import { randomInt } from 'node:crypto';
import { request } from 'node:http';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readSample } from '#infra/local/sample/read-sample.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';
import { adapterUploadSchema } from '#shared/protocol/adapter-upload-response.ts';
import { type FaultProxy, startFaultProxy } from '#test/support/start-fault-proxy.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';
import {
  createTemporaryState,
  type LocalSystem,
  startLocalSystem,
  type TemporaryState,
} from '#test/support/start-local-system.ts';
import { type AdapterApi, createAdapterApi, digestOf, errorOf, expectOk } from '#test/system/adapters/adapter-api.ts';
import { modelAdapter } from '#test/system/adapters/model-adapter.ts';

let s3: LocalS3;
let proxy: FaultProxy;
let state: TemporaryState;
let system: LocalSystem;
let api: AdapterApi;
let question: string;
let documents: string[];

/** Unlike those of earlier runs, which workers may have on disk. */
const newSeed = () => randomInt(1_000, 2 ** 31);

beforeAll(async () => {
  s3 = await startLocalS3();
  proxy = await startFaultProxy(s3.endpoint);
  state = await createTemporaryState();
  const { bucket, region, credentials } = s3;
  system = await startLocalSystem(state.folder, { endpoint: proxy.url, bucket, region, ...credentials });
  api = createAdapterApi(system.url, system.apiKey);
  const sample = await readSample();
  question = sample.question;
  documents = sample.passages.slice(0, 1).map((passage) => passage.text);
});
afterAll(async () => {
  await system.stop();
  await state.remove();
  await proxy.stop();
  await s3.stop();
});
beforeEach(() => {
  proxy.fault = 'none';
});

/** Whether the store has the file where it would be served from. */
async function isServed(file: Uint8Array): Promise<boolean> {
  const command = new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: adapterObjectKey(digestOf(file)) });
  const { KeyCount: count = 0 } = await s3.client().send(command);
  return count > 0;
}

/** A PUT of which half is sent, and then the connection is closed. */
async function cutOff(name: string, file: Uint8Array): Promise<void> {
  const upload = request(`${system.url}/v1/adapters/${name}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${system.apiKey}`, 'Content-Length': file.length },
  });
  upload.on('error', () => undefined);
  await new Promise<void>((resolve) => void upload.write(file.subarray(0, file.length / 2), () => resolve()));
  const closed = new Promise<void>((resolve) => void upload.on('close', resolve));
  upload.destroy();
  await closed;
}

const missing = { status: 404, error: { code: 'adapter_not_found' } };

describe('an upload that goes wrong', () => {
  it('cut off in the middle leaves nothing registered and nothing to be served, and can be done again', async () => {
    const file = modelAdapter(newSeed());
    await cutOff('cut', file);
    expect(errorOf(await api.call('GET', '/v1/adapters/cut'))).toMatchObject(missing);
    expect(await isServed(file)).toBe(false);
    expect(await api.put('cut', file)).toMatchObject({ version: 1, created: true });
    expect(await isServed(file)).toBe(true);
  });

  it('with the store stopping in the middle is 503, leaves nothing, and can be done again', async () => {
    const file = modelAdapter(newSeed());
    for (const fault of ['cut-upload', 'gone'] as const) {
      proxy.fault = fault;
      const refused = await api.call('PUT', '/v1/adapters/stopped', { body: file });
      expect(errorOf(refused)).toMatchObject({ status: 503, error: { code: 'adapter_store_unavailable' } });
      expect(refused.headers.get('retry-after')).toBe('5');
    }
    proxy.fault = 'none';
    expect(errorOf(await api.call('GET', '/v1/adapters/stopped'))).toMatchObject(missing);
    expect(await isServed(file)).toBe(false);
    expect(await api.put('stopped', file)).toMatchObject({ version: 1 });
  });

  it('of a file that the model cannot use is 422 with the reason', async () => {
    const file = modelAdapter(newSeed());
    const broken = Buffer.from(file);
    broken.fill(0xff, broken.length - 4);
    expect(errorOf(await api.call('PUT', '/v1/adapters/broken', { body: broken }))).toMatchObject({
      status: 422,
      error: { code: 'invalid_adapter', message: expect.stringMatching(/tensor ".+" holds NaN at index/) },
    });
    expect(errorOf(await api.call('GET', '/v1/adapters/broken'))).toMatchObject(missing);
  });
});

describe('two uploads of one name at once', () => {
  it('become two versions with their own bytes', async () => {
    const files = [modelAdapter(newSeed()), modelAdapter(newSeed())];
    const versions = await Promise.all(files.map((file) => api.put('twins', file)));
    expect(versions.map(({ version }) => version).sort()).toEqual([1, 2]);
    expect(versions.map(({ digest }) => digest)).toEqual(files.map(digestOf));
  });
});

describe('an upload with URLs', () => {
  const begin = async (file: Uint8Array) => {
    const body = { bytes: file.length, sha256: digestOf(file) };
    return adapterUploadSchema.parse(expectOk(await api.json('POST', '/v1/adapters/urls/uploads', body)));
  };
  const send = (upload: Awaited<ReturnType<typeof begin>>, body: Uint8Array<ArrayBuffer>) =>
    fetch(upload.parts[0]?.url ?? '', { method: 'PUT', headers: upload.parts[0]?.headers ?? {}, body });
  const complete = (id: string) => api.json('POST', `/v1/adapters/urls/uploads/${id}/complete`, {});

  it('takes its own bytes and no others', async () => {
    const file = modelAdapter(newSeed());
    const upload = await begin(file);
    const others = new Uint8Array(file);
    others.fill(1, others.length - 8);
    // A store may refuse them by the signed checksum; the simulator takes them, and the worker refuses.
    await send(upload, others);
    expect([409, 422]).toContain((await complete(upload.id)).status);
    expect((await send(upload, file.slice(0, 100))).status).toBe(403);
    expect((await send(upload, file)).status).toBe(200);
    expect(expectOk(await complete(upload.id))).toMatchObject({ id: 'urls@1', digest: digestOf(file) });
    expect(expectOk(await complete(upload.id))).toMatchObject({ id: 'urls@1' });
  });

  it('stays open while the store is gone', async () => {
    const file = modelAdapter(newSeed());
    const upload = await begin(file);
    await send(upload, file);
    proxy.fault = 'gone';
    expect(errorOf(await complete(upload.id))).toMatchObject({ status: 503 });
    proxy.fault = 'none';
    expect(expectOk(await complete(upload.id))).toMatchObject({ id: 'urls@2', digest: digestOf(file) });
  });
});

// Last, because the worker remembers for seconds that the store was gone.
describe('a rerank while the store is gone', () => {
  it('goes on with what is loaded, and names the adapter that is not', async () => {
    await api.put('warm', modelAdapter(newSeed()));
    await api.put('cold', modelAdapter(newSeed()));
    const before = await api.rerank('warm', question, documents);
    proxy.fault = 'gone';
    expect(await api.rerank('warm', question, documents)).toEqual(before);
    const other = await api.rerank('warm', `${question} Or not?`, documents);
    expect(other.likelihoods).not.toEqual(before.likelihoods);
    const cold = await api.json('POST', '/v2/rerank', { model: 'cold', query: question, documents });
    expect(errorOf(cold)).toMatchObject({
      status: 503,
      error: { code: 'adapter_unavailable', message: expect.stringContaining('"cold@1"') },
    });
  });
});

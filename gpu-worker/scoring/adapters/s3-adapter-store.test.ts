import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { createS3AdapterStore } from '#gpu-worker/scoring/adapters/s3-adapter-store.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';
import { unreachableUrl } from '#test/support/loopback-server.ts';
import { type FaultProxy, startFaultProxy } from '#test/support/start-fault-proxy.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';

const fileBytesMax = 300_000;
const file = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251));
const adapter = { name: 'tickets', digest: digestOf(file) };

let s3: LocalS3;
let proxy: FaultProxy;
let store: AdapterStore;

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function storeAt(endpoint: string): AdapterStore {
  return createS3AdapterStore({
    client: s3.client(endpoint),
    bucket: s3.bucket,
    fileBytesMax,
    downloadTimeoutMs: 20_000,
  });
}

async function put(digest: string, bytes: Uint8Array): Promise<void> {
  await s3.client().send(new PutObjectCommand({ Bucket: s3.bucket, Key: adapterObjectKey(digest), Body: bytes }));
}

beforeAll(async () => {
  s3 = await startLocalS3();
  proxy = await startFaultProxy(s3.endpoint);
  store = storeAt(proxy.url);
  await put(adapter.digest, file);
});
afterAll(async () => {
  await proxy.stop();
  await s3.stop();
});
beforeEach(() => {
  proxy.fault = 'none';
});

describe('createS3AdapterStore', () => {
  it('gets the file by its digest, and tells the size before it reads', async () => {
    const reserved: number[] = [];
    const bytes = await store.fetch(adapter, (size) => reserved.push(size));
    expect(digestOf(bytes)).toBe(adapter.digest);
    expect(reserved).toEqual([200_000]);
  });

  it('says adapter_not_found for a digest that is not there', async () => {
    const missing = { name: 'old', digest: '0'.repeat(64) };
    await expect(store.fetch(missing, () => undefined)).rejects.toMatchObject({
      code: 'adapter_not_found',
      message: `There is no file for adapter "old" (version ${'0'.repeat(64)}).`,
    });
  });

  it('refuses a file over the limit before it reads it', async () => {
    const large = Buffer.alloc(fileBytesMax + 1);
    await put(digestOf(large), large);
    const reserved: number[] = [];
    const fetching = store.fetch({ name: 'large', digest: digestOf(large) }, (size) => reserved.push(size));
    await expect(fetching).rejects.toMatchObject({
      code: 'invalid_adapter',
      message: 'Adapter "large" has 300001 bytes; the limit is 300000.',
    });
    expect(reserved).toEqual([]);
  });

  it('passes on what refuses the room for it', async () => {
    const full = new Error('no room');
    const fetching = store.fetch(adapter, () => {
      throw full;
    });
    await expect(fetching).rejects.toMatchObject({ code: 'adapter_unavailable', cause: full });
  });

  it('refuses bytes that are not those of the digest, in the store or on the way', async () => {
    const claimed = 'd'.repeat(64);
    await put(claimed, file);
    const wrong = { code: 'adapter_unavailable', message: expect.stringContaining('sent a file with SHA-256') };
    await expect(store.fetch({ name: 'forged', digest: claimed }, () => undefined)).rejects.toMatchObject(wrong);
    proxy.fault = 'flip';
    await expect(store.fetch(adapter, () => undefined)).rejects.toMatchObject(wrong);
  });

  it('refuses a transfer that breaks off in the middle', async () => {
    proxy.fault = 'cut';
    await expect(store.fetch(adapter, () => undefined)).rejects.toMatchObject({
      code: 'adapter_unavailable',
      message: 'Adapter "tickets" could not be loaded: its store did not answer.',
      retryAfterSeconds: 5,
    });
  });

  it('names the adapter when the store is gone', async () => {
    await expect(storeAt(await unreachableUrl()).fetch(adapter, () => undefined)).rejects.toMatchObject({
      code: 'adapter_unavailable',
      message: 'Adapter "tickets" could not be loaded: its store did not answer.',
    });
  });
});

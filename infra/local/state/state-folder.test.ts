import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFolder } from '#infra/local/state/state-folder.ts';
import { isWellFormedApiKey } from '#shared/api-keys/api-key.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'hintrank-state-'));
  folder = join(parent, '.hintrank');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const mode = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);
/** A process id that no process can have. */
const nobody = 2 ** 30;

describe('openStateFolder', () => {
  it('makes secrets for the owner alone and keeps them between starts', async () => {
    const first = await openStateFolder(folder);
    expect(isWellFormedApiKey(first.secrets.api_key)).toBe(true);
    await first.release();
    expect((await openStateFolder(folder)).secrets).toEqual(first.secrets);
    expect(await mode('secrets.json')).toBe('600');
  });

  it('makes new secrets where the file is damaged', async () => {
    const first = await openStateFolder(folder);
    await first.release();
    await writeFile(join(folder, 'secrets.json'), '{"api_key": "hr_');
    const second = await openStateFolder(folder);
    expect(second.secrets.api_key).not.toBe(first.secrets.api_key);
  });

  it('describes the running stack for the owner alone, until it is released', async () => {
    const state = await openStateFolder(folder);
    const description = { url: 'http://127.0.0.1:1', api_key: 'k', workers: ['http://127.0.0.1:2'] };
    await state.describe(description);
    expect(JSON.parse(await readFile(join(folder, 'local.json'), 'utf8'))).toEqual(description);
    expect(await mode('local.json')).toBe('600');
    await state.release();
    await expect(stat(join(folder, 'local.json'))).rejects.toThrow('ENOENT');
  });

  it('refuses a second stack in the same folder', async () => {
    await openStateFolder(folder);
    // Process 1 always runs.
    await writeFile(join(folder, 'start.pid'), '1\n');
    await expect(openStateFolder(folder)).rejects.toThrow(`Hintrank already runs from ${folder} (process 1)`);
  });

  it('starts over what a killed stack left', async () => {
    const killed = await openStateFolder(folder);
    await killed.describe({ url: 'http://127.0.0.1:1', api_key: 'k', workers: [] });
    await writeFile(join(folder, 'start.pid'), `${nobody}\n`);
    const next = await openStateFolder(folder);
    expect(next.afterCrash).toBe(true);
    await expect(stat(join(folder, 'local.json'))).rejects.toThrow('ENOENT');
  });

  it('says that the folder cannot be made', async () => {
    await writeFile(folder, 'a file');
    await expect(openStateFolder(folder)).rejects.toThrow(`The state folder ${folder} cannot be made (EEXIST).`);
  });
});

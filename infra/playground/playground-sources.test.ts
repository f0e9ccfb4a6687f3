import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestPlaygroundSources } from '#infra/playground/playground-sources.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-playground-'));
  await write('edge/playground/main.tsx', 'a');
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

it.each([
  ['edge/playground/main.tsx', 'b'],
  ['edge/playground/styles/base.css', 'a{}'],
  ['edge/playground/public/_headers', '/*'],
  ['shared/protocol/rerank-response.ts', 'x'],
  ['package-lock.json', '{}'],
])('changes with %s', async (path, text) => {
  const before = await digestPlaygroundSources(folder);
  await write(path, text);
  expect(await digestPlaygroundSources(folder)).not.toBe(before);
});

it('does not change with tests, nor with the rest of the edge', async () => {
  const before = await digestPlaygroundSources(folder);
  await write('edge/playground/app.test.ts', 'x');
  await write('edge/app.ts', 'x');
  expect(await digestPlaygroundSources(folder)).toBe(before);
});

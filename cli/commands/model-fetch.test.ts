import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { filesOf, startLoopbackHub } from '#test/support/loopback-hub.ts';

const main = join(import.meta.dirname, '..', 'main.ts');

test('two processes that fetch one model at once print the same path, and nothing else, on standard output', async () => {
  const home = mkdtempSync(join(tmpdir(), 'hintrank-home-'));
  const files = filesOf(join(goldenFolder, 'tiny-llama'), ['config.json', 'model.safetensors']);
  const hub = await startLoopbackHub({ id: 'org/tiny', files });
  try {
    const env = { ...process.env, HINTRANK_HOME: home, HF_ENDPOINT: hub.url, HF_TOKEN: '' };
    const fetchModel = () =>
      promisify(execFile)(process.execPath, [main, 'model', 'fetch', '--model', 'org/tiny'], { env });
    const outputs = await Promise.all([fetchModel(), fetchModel()]);
    const path = join(home, 'models', 'hub', 'org', 'tiny', 'checkpoint');
    expect(outputs.map(({ stdout }) => stdout)).toEqual([`${path}\n`, `${path}\n`]);
    expect(readdirSync(path).sort()).toEqual(['config.json', 'model.safetensors']);
  } finally {
    await hub.close();
    rmSync(home, { recursive: true, force: true });
  }
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeBundle, measureBundle } from '#infra/bundle/measure-bundle.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hintrank-bundle-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('measureBundle', () => {
  it('counts what is uploaded, and nothing else', async () => {
    const script = 'export default 1;\n'.repeat(100);
    await writeFile(join(folder, 'worker.js'), script);
    await writeFile(join(folder, 'module.wasm'), 'wasm');
    await writeFile(join(folder, 'worker.js.map'), 'x'.repeat(9_999));
    await writeFile(join(folder, 'README.md'), 'x'.repeat(9_999));
    expect(await measureBundle(folder)).toEqual({
      bytes: script.length + 4,
      gzipBytes: gzipSync(script).length + gzipSync('wasm').length,
    });
  });

  it('says what to do where there is no bundle', async () => {
    await expect(measureBundle(folder)).rejects.toThrow('`npm run deploy:dry-run` makes one');
  });
});

describe('describeBundle', () => {
  it('says on which side of the limit it is', () => {
    expect(describeBundle({ bytes: 2_048, gzipBytes: 1_048_575 })).toContain(
      '1024.0 KiB gzipped (2.0 KiB as it is), under',
    );
    expect(describeBundle({ bytes: 2_048, gzipBytes: 1_048_576 })).toContain('NOT under the limit of 1024.0 KiB');
  });
});

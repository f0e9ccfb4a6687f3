import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPlayground } from '#infra/playground/build-playground.ts';

/** Bytes of the whole page, gzipped. */
const gzipBytesMax = 150_000;

describe('the built playground', () => {
  let files: { readonly name: string; readonly bytes: Buffer }[];

  beforeAll(async () => {
    const folder = await buildPlayground();
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async ({ name, parentPath }) => ({ name, bytes: await readFile(join(parentPath, name)) })),
    );
  });

  it('is one page, one script and one style sheet, beside the headers of the last two', () => {
    const kinds = files.map(({ name }) => (name === '_headers' ? name : name.replace(/^.*\./, '')));
    expect(kinds.sort()).toEqual(['_headers', 'css', 'html', 'js']);
  });

  it(`has at most ${gzipBytesMax} bytes, gzipped`, () => {
    const gzipBytes = files.reduce((sum, { bytes }) => sum + gzipSync(bytes).length, 0);
    expect(gzipBytes).toBeGreaterThan(10_000);
    expect(gzipBytes).toBeLessThanOrEqual(gzipBytesMax);
  });

  it('names scripts and styles by digests, as their eternal life in caches needs', () => {
    const page = files.find(({ name }) => name.endsWith('.html'))?.bytes.toString() ?? '';
    const named = [...page.matchAll(/(?:src|href)="\/playground\/([^"]+)"/g)].map((match) => match[1]);
    expect(named.toSorted()).toEqual(
      files
        .map(({ name }) => name)
        .filter((name) => /\.(js|css)$/.test(name))
        .toSorted(),
    );
    expect(named.every((name) => /-[\w-]{8}\./.test(name ?? ''))).toBe(true);
  });

  it('keeps nothing in the browser', () => {
    const script = files.find(({ name }) => name.endsWith('.js'))?.bytes.toString() ?? '';
    expect(script).not.toMatch(/localStorage|sessionStorage|indexedDB|\.cookie\b/);
  });
});

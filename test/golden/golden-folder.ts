import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder of golden vectors: `GOLDEN_DIR` where it is set (the same tests on another folder of the same form), else the copy in the repository. */
export const goldenFolder: string = resolve(
  process.env['GOLDEN_DIR'] ?? join(import.meta.dirname, '../fixtures/golden'),
);

/** A JSON file of the golden folder by its path inside it. The shape is the caller's to state; the golden README describes each file. */
export function readGoldenJson<T>(relative: string): T {
  return JSON.parse(readFileSync(join(goldenFolder, relative), 'utf8')) as T;
}

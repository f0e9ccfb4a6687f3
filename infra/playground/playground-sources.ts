import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** What the built page depends on, from the repository's folder. */
const patterns = [
  'edge/playground/**/*.{html,ts,tsx,css}',
  'edge/playground/public/*',
  'infra/playground/*.ts',
  'infra/local/sample/squad-passages.json',
  'shared/**/*.ts',
  'package-lock.json',
];

/** SHA-256 over the names and bytes of everything that the page is built from, hex: equal digests build equal pages. */
export async function digestPlaygroundSources(repositoryFolder: string): Promise<string> {
  const found = await Array.fromAsync(glob(patterns, { cwd: repositoryFolder }));
  const paths = [...new Set(found.map((path) => path.split(sep).join('/')))]
    .filter((path) => !path.endsWith('.test.ts'))
    .sort();
  const digest = createHash('sha256');
  for (const path of paths) {
    const bytes = await readFile(join(repositoryFolder, path));
    digest.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return digest.digest('hex');
}

import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The repository's folder. */
export const repositoryFolder = join(import.meta.dirname, '..', '..');

/** The folders that hold TypeScript, each a part of ARCHITECTURE.md. */
const parts = ['shared', 'edge', 'gpu-worker', 'cli', 'infra', 'test'];

export interface SourceFile {
  /** From the repository's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript source of the product and its tests, generated files excepted. */
export async function listSourceFiles(): Promise<SourceFile[]> {
  const patterns = parts.map((part) => `${part}/**/*.{ts,tsx}`);
  const exclude = ['**/node_modules/**', '**/generated/**', '**/.wrangler/**', 'test/fixtures/**'];
  const paths = await Array.fromAsync(glob(patterns, { cwd: repositoryFolder, exclude }));
  return paths
    .map((path) => path.split(sep).join('/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(repositoryFolder, path), 'utf8') }));
}

/** Tests may reach anywhere; everything else is production code. */
export function isTest(path: string): boolean {
  return path.startsWith('test/') || path.endsWith('.test.ts');
}

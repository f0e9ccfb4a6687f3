import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeededTraining } from '#test/api-contract/seed-training.ts';

const basePath = join(import.meta.dirname, 'schemathesis.toml');

/** schemathesis.toml with what it names of the seeded ids, in `folder`; returns its path. */
export async function writeConfiguration(folder: string, seeded: SeededTraining): Promise<string> {
  const path = join(folder, 'schemathesis.toml');
  const dictionaries = Object.entries(seeded).map(
    ([name, ids]: [string, readonly string[]]) => `\n[dictionaries.${name}]\nvalues = ${JSON.stringify(ids)}\n`,
  );
  await writeFile(path, (await readFile(basePath, 'utf8')) + dictionaries.join(''));
  return path;
}

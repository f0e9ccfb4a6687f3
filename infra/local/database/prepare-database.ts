import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePrivateFile } from '#infra/local/state/write-private-file.ts';

export interface DatabaseOptions {
  /** Folder of the simulators' data. */
  readonly dataFolder: string;
  /** Statements that may run again and again. */
  readonly seed: string;
  /** File that the seed is written to for wrangler. */
  readonly seedFile: string;
  /** Runs one wrangler command to its end. */
  readonly runWrangler: (args: readonly string[]) => Promise<void>;
}

const migrationsFolder = fileURLToPath(new URL('../../../edge/database/migrations', import.meta.url));

/**
 * Applies the migrations and the seed. Each wrangler command takes seconds, so a database that has had exactly these is left alone; the
 * marker lies beside the data, so that whoever deletes the data deletes it too.
 */
export async function prepareDatabase({ dataFolder, seed, seedFile, runWrangler }: DatabaseOptions): Promise<void> {
  const marker = join(dataFolder, 'prepared.sha256');
  const digest = await digestOf(seed);
  if ((await readFile(marker, 'utf8').catch(() => '')) === digest) return;
  await writePrivateFile(seedFile, seed);
  await runWrangler(['d1', 'migrations', 'apply', 'DB', '--local']);
  await runWrangler(['d1', 'execute', 'DB', '--local', '--yes', '--file', seedFile]);
  await writeFile(marker, digest);
}

async function digestOf(seed: string): Promise<string> {
  const hash = createHash('sha256').update(seed);
  const names = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).sort();
  for (const name of names) hash.update(name).update(await readFile(join(migrationsFolder, name)));
  return hash.digest('hex');
}

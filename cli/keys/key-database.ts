import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { runWrangler } from '#cli/wrangler/run-wrangler.ts';

/** A database of API keys that may be written to without a key. */
export interface KeyDatabase {
  /** What its hashes are made with. */
  readonly pepper: string;
  /** Runs the statements of a file. */
  readonly execute: (file: string) => Promise<void>;
}

export interface KeyDatabaseSources {
  readonly stateFolder: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** A deployment of the edge. */
export interface EdgeDeployment {
  /** Its `wrangler.toml`. */
  readonly configPath: string;
  /** Environment of that file; empty: what stands at its top. */
  readonly environmentName: string;
}

const secretsSchema = z.object({ api_key_pepper: z.string() });

/** Characters of the pepper at least, as the edge has it. */
const pepperCharactersMin = 32;

/** The local stack's database, which may run or not. */
export async function openLocalDatabase({ stateFolder, signal }: KeyDatabaseSources): Promise<KeyDatabase> {
  const text = await readFile(join(stateFolder, 'secrets.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw new UsageError(`There is no local database in ${stateFolder} yet; run npm start once.`);
  const { api_key_pepper: pepper } = secretsSchema.parse(JSON.parse(text));
  const place = ['--config', join(stateFolder, 'edge', 'wrangler.json'), '--persist-to', join(stateFolder, 'state')];
  return { pepper, execute: (file) => execute(file, ['--local', ...place], stateFolder, signal) };
}

/** A deployment's database, as far as the Cloudflare account allows that wrangler is logged in to. */
export function openRemoteDatabase(
  { stateFolder, variables, signal }: KeyDatabaseSources,
  { configPath, environmentName }: EdgeDeployment,
): KeyDatabase {
  const pepper = variables['API_KEY_PEPPER'] ?? '';
  if (pepper.length < pepperCharactersMin) {
    throw new UsageError(
      `API_KEY_PEPPER has ${pepper.length} characters; it must be the deployment's secret, which has ${pepperCharactersMin} or more.`,
    );
  }
  const place = ['--remote', '--config', configPath, `--env=${environmentName}`];
  return { pepper, execute: (file) => execute(file, place, stateFolder, signal) };
}

function execute(file: string, place: readonly string[], stateFolder: string, signal: AbortSignal): Promise<void> {
  return runWrangler(['d1', 'execute', 'DB', '--yes', '--file', file, ...place], stateFolder, signal);
}

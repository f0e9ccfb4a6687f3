import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { runWrangler } from '#cli/wrangler/run-wrangler.ts';
import { type Peppers, parsePeppers } from '#shared/api-keys/parse-peppers.ts';

/** A database of API keys that may be written to without a key. */
export interface KeyDatabase {
  /** What its hashes are made with. */
  readonly peppers: Peppers;
  /** Runs the statements of a file. */
  readonly execute: (file: string) => Promise<void>;
  /** Rows that one statement finds. */
  readonly query: (statement: string) => Promise<readonly unknown[]>;
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

/** What `wrangler d1 execute --json` prints: one result for each statement. */
const resultsSchema = z.array(z.object({ results: z.array(z.unknown()) }));

/** The local stack's database, which may run or not. */
export async function openLocalDatabase({ stateFolder, signal }: KeyDatabaseSources): Promise<KeyDatabase> {
  const text = await readFile(join(stateFolder, 'secrets.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw new UsageError(`There is no local database in ${stateFolder} yet; run npm start once.`);
  const { api_key_pepper: peppers } = secretsSchema.parse(JSON.parse(text));
  const place = ['--config', join(stateFolder, 'edge', 'wrangler.json'), '--persist-to', join(stateFolder, 'state')];
  return databaseAt(['--local', ...place], parsePeppers(peppers), stateFolder, signal);
}

/** A deployment's database, as far as the Cloudflare account allows that wrangler is logged in to. */
export function openRemoteDatabase(
  { stateFolder, variables, signal }: KeyDatabaseSources,
  { configPath, environmentName }: EdgeDeployment,
): KeyDatabase {
  const peppers = readPeppers(variables['API_KEY_PEPPER'] ?? '');
  const place = ['--remote', '--config', configPath, `--env=${environmentName}`];
  return databaseAt(place, peppers, stateFolder, signal);
}

function readPeppers(text: string): Peppers {
  try {
    return parsePeppers(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'not readable';
    throw new UsageError(`API_KEY_PEPPER must be the deployment's secret: ${problem}.`);
  }
}

function databaseAt(place: readonly string[], peppers: Peppers, stateFolder: string, signal: AbortSignal): KeyDatabase {
  const run = (words: readonly string[]) =>
    runWrangler(['d1', 'execute', 'DB', '--yes', ...words, ...place], stateFolder, signal);
  return {
    peppers,
    execute: async (file) => void (await run(['--file', file])),
    query: async (statement) => {
      const output = await run(['--json', '--command', statement]);
      return resultsSchema.parse(JSON.parse(output)).flatMap(({ results }) => results);
    },
  };
}

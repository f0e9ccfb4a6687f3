import { join } from 'node:path';
import { parseChoice } from '#cli/command-line/parse-values.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { type KeyDatabase, openLocalDatabase, openRemoteDatabase } from '#cli/keys/key-database.ts';

const repositoryConfig = join(import.meta.dirname, '..', '..', 'wrangler.toml');

/** Which deployment's database `--database remote` means. */
export const deploymentFlags = {
  'wrangler-config': {
    type: 'string',
    valueHint: 'FILE',
    description: "With --database remote: the deployment's wrangler.toml. Without it: this package's.",
  },
  'wrangler-env': {
    type: 'string',
    valueHint: 'NAME',
    description: 'With --database remote: the environment of that file',
    default: 'production',
  },
} as const;

export interface KeyDatabaseArgs {
  readonly database: string;
  readonly 'wrangler-config'?: string | undefined;
  readonly 'wrangler-env': string;
}

/** The database that `--database` names. Throws UsageError where it is neither, or is not there, or its pepper is not. */
export async function openKeyDatabase(args: KeyDatabaseArgs, signal: AbortSignal): Promise<KeyDatabase> {
  const where = parseChoice('database', args.database, ['local', 'remote']);
  const sources = { stateFolder, variables: process.env, signal };
  if (where === 'local') return openLocalDatabase(sources);
  const configPath = args['wrangler-config'] ?? repositoryConfig;
  return openRemoteDatabase(sources, { configPath, environmentName: args['wrangler-env'] });
}

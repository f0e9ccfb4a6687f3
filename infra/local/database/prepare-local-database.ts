import { join } from 'node:path';
import { wranglerCommand, wranglerEnvironment } from '#cli/wrangler/wrangler-command.ts';
import { prepareDatabase } from '#infra/local/database/prepare-database.ts';
import { adapterStatement, apiKeyStatement } from '#infra/local/database/seed-statements.ts';
import { runToEnd } from '#infra/local/processes/run-to-end.ts';
import { type SampleAdapter, sampleAdapterName } from '#infra/local/sample/read-sample.ts';
import type { StateFolder } from '#infra/local/state/state-folder.ts';
import { createApiKeyRow } from '#shared/api-keys/api-key-row.ts';
import { apiKeyScopes } from '#shared/api-keys/api-key-scope.ts';
import { parsePeppers } from '#shared/api-keys/parse-peppers.ts';

export interface LocalDatabaseOptions {
  readonly state: StateFolder;
  /** The edge's configuration. */
  readonly configPath: string;
  readonly adapter: SampleAdapter;
  readonly baseModel: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Tenant of everything that `npm start` makes. */
const tenantId = 'local';

/** Migrations, the first API key and the sample adapter's row, in the local database. */
export async function prepareLocalDatabase({
  state,
  configPath,
  adapter,
  baseModel,
  signal,
  say,
}: LocalDatabaseOptions): Promise<void> {
  let said = false;
  await prepareDatabase({
    dataFolder: state.data,
    seed: await seedOf(state, adapter, baseModel),
    seedFile: join(state.path, 'edge', 'seed.sql'),
    runWrangler: async (args) => {
      if (!said) say('Preparing the database.');
      said = true;
      await runToEnd({
        what: 'Preparing the database',
        command: wranglerCommand(...args, '--config', configPath, '--persist-to', state.data),
        environment: wranglerEnvironment(state.path),
        logFile: join(state.logs, 'database.log'),
        signal,
      });
    },
  });
}

async function seedOf(state: StateFolder, adapter: SampleAdapter, baseModel: string): Promise<string> {
  const key = await createApiKeyRow({
    key: state.secrets.api_key,
    pepper: parsePeppers(state.secrets.api_key_pepper).current,
    id: 'key_local',
    tenantId,
    name: 'npm start',
    scopes: apiKeyScopes,
    // Fixed, so that the same secrets make the same seed and a warm start has nothing to do.
    createdAtMs: 0,
  });
  const sampleAdapter = adapterStatement({
    tenant_id: tenantId,
    name: sampleAdapterName,
    digest: adapter.digest,
    base_model: baseModel,
    template: adapter.template,
    bytes: adapter.file.length,
    created_at: 0,
  });
  return `${apiKeyStatement(key)}\n${sampleAdapter}\n`;
}

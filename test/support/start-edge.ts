import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { wranglerCommand, wranglerEnvironment } from '#cli/wrangler/wrangler-command.ts';
import { prepareDatabase } from '#infra/local/database/prepare-database.ts';
import { apiKeyStatement } from '#infra/local/database/seed-statements.ts';
import { runToEnd } from '#infra/local/processes/run-to-end.ts';
import { startWrangler } from '#infra/local/processes/start-wrangler.ts';
import { type LocalSecrets, readOrCreateSecrets } from '#infra/local/state/local-secrets.ts';
import { writePrivateFile } from '#infra/local/state/write-private-file.ts';
import { createApiKeyRow } from '#shared/api-keys/api-key-row.ts';
import { repositoryFolder } from '#test/support/source-files.ts';

export interface EdgeFolder {
  readonly path: string;
  readonly secrets: LocalSecrets;
}

export interface StartedEdge {
  readonly url: string;
  /** A key of the scope `rerank`. */
  readonly apiKey: string;
  stop(): Promise<void>;
}

const compatibilitySchema = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
});

/** A temporary folder with the secrets that workers and edge share. */
export async function createEdgeFolder(): Promise<EdgeFolder> {
  const path = await mkdtemp(join(tmpdir(), 'hintrank-edge-'));
  return { path, secrets: await readOrCreateSecrets(join(path, 'secrets.json')) };
}

/** Wrangler's configuration of the edge as it is deployed, over the workers that `variables` name. */
export async function describeEdge(variables: Readonly<Record<string, string>>) {
  const migrations = join(repositoryFolder, 'edge', 'database', 'migrations');
  const database = { binding: 'DB', database_name: 'hintrank', database_id: 'hintrank', migrations_dir: migrations };
  const deployed = compatibilitySchema.parse(parse(await readFile(join(repositoryFolder, 'wrangler.toml'), 'utf8')));
  const main = join(repositoryFolder, 'edge', 'worker.ts');
  // What is timed is the edge: a line for each request passes through two more processes here.
  const vars = { DEFAULT_REQUESTS_PER_MINUTE: '0', REQUEST_LOG: 'faults', ...variables };
  return { name: 'edge', main, ...deployed, vars, d1_databases: [database] };
}

/** Puts the edge's secrets beside its configuration. */
export async function writeEdgeSecrets(path: string, secrets: LocalSecrets): Promise<void> {
  const lines = `WORKER_SIGNING_KEY="${secrets.worker_signing_key}"\nAPI_KEY_PEPPER="${secrets.api_key_pepper}"\n`;
  await writePrivateFile(join(path, '.dev.vars'), lines);
}

/** Migrations and one key in the database of the configuration. */
export async function prepareEdgeDatabase(
  { path, secrets }: EdgeFolder,
  configPath: string,
  dataFolder: string,
): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  await prepareDatabase({
    dataFolder,
    seed: await keyStatement(secrets),
    seedFile: join(path, 'seed.sql'),
    runWrangler: (args) =>
      runToEnd({
        what: 'Preparing the database',
        command: wranglerCommand(...args, '--config', configPath, '--persist-to', dataFolder),
        environment: wranglerEnvironment(path),
        logFile: join(path, 'database.log'),
        signal: new AbortController().signal,
      }),
  });
}

/**
 * The real edge in workerd by `wrangler dev`, over the workers that `variables` name. Its database holds one key. Stopping removes the folder.
 * `place` — where all requests come from, as `request.cf` is to say it.
 */
export async function startEdge(
  folder: EdgeFolder,
  variables: Readonly<Record<string, string>>,
  place?: Readonly<Record<string, string>>,
): Promise<StartedEdge> {
  const { path, secrets } = folder;
  const { signal } = new AbortController();
  const configPath = join(path, 'wrangler.json');
  const dataFolder = join(path, 'state');
  await writePrivateFile(configPath, JSON.stringify(await describeEdge(variables)));
  await writeEdgeSecrets(path, secrets);
  await prepareEdgeDatabase(folder, configPath, dataFolder);
  const logFile = join(path, 'edge.log');
  const placeFile = join(path, 'place.json');
  if (place !== undefined) await writePrivateFile(placeFile, JSON.stringify(place));
  const running = await startWrangler({
    ...{ configPath, stateFolder: path, dataFolder, port: 0, logFile, signal },
    ...(place === undefined ? {} : { placeFile }),
  });
  return {
    url: running.url,
    apiKey: secrets.api_key,
    async stop() {
      await running.stop(4_000);
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function keyStatement(secrets: LocalSecrets): Promise<string> {
  const row = await createApiKeyRow({
    key: secrets.api_key,
    pepper: secrets.api_key_pepper,
    id: 'key_test',
    tenantId: 'test',
    name: 'test',
    scopes: ['rerank'],
    createdAtMs: 0,
  });
  return `${apiKeyStatement(row)}\n`;
}

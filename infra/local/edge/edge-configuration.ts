import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { z } from 'zod';
import { adapterBucket, type LocalObjectStore } from '#infra/local/edge/local-object-store.ts';
import type { LocalSecrets } from '#infra/local/state/local-secrets.ts';
import { writePrivateFile } from '#infra/local/state/write-private-file.ts';
import { buildPlayground } from '#infra/playground/build-playground.ts';

export interface EdgeConfigurationOptions {
  /** Folder that gets `wrangler.json` and `.dev.vars`. */
  readonly folder: string;
  readonly secrets: LocalSecrets;
  readonly gpuWorkerUrls: readonly string[];
  readonly baseModel: string;
  readonly objectStore: LocalObjectStore;
  /** Further variables of the edge. */
  readonly edgeVariables?: Readonly<Record<string, string>>;
}

const repositoryFolder = fileURLToPath(new URL('../../..', import.meta.url));

/** Name of the database in wrangler's commands. */
export const databaseName = 'hintrank';

/**
 * Writes the edge's configuration for this machine: the one of `wrangler.toml` by its path, with absolute paths, the workers that were
 * really started, the playground as its sources are now, and a bucket with S3 credentials. Secrets go into `.dev.vars`, which only the owner can read and no process list shows.
 * Returns the configuration's path.
 */
export async function writeEdgeConfiguration(options: EdgeConfigurationOptions): Promise<string> {
  const { folder, secrets, objectStore } = options;
  await mkdir(folder, { recursive: true });
  const configPath = join(folder, 'wrangler.json');
  const deployed = await readDeployedConfiguration();
  const configuration = {
    ...deployed,
    assets: { ...deployed.assets, directory: await buildPlayground() },
    main: join(repositoryFolder, 'edge', 'worker.ts'),
    vars: {
      GPU_WORKER_URLS: options.gpuWorkerUrls.join(','),
      BASE_MODEL: options.baseModel,
      // One machine's own key may use all of it; keys that were made with a limit have it here too.
      DEFAULT_REQUESTS_PER_MINUTE: '0',
      S3_ENDPOINT: objectStore.endpoint,
      S3_BUCKET: objectStore.bucket,
      S3_REGION: objectStore.region,
      ...options.edgeVariables,
    },
    d1_databases: [
      {
        binding: 'DB',
        database_name: databaseName,
        database_id: databaseName,
        migrations_dir: join(repositoryFolder, 'edge', 'database', 'migrations'),
      },
    ],
    r2_buckets: [
      {
        binding: 'ADAPTERS',
        bucket_name: adapterBucket,
        local_dev: {
          experimental_s3_credentials: {
            accessKeyId: secrets.s3_access_key_id,
            secretAccessKey: secrets.s3_secret_access_key,
          },
        },
      },
    ],
  };
  await writePrivateFile(configPath, `${JSON.stringify(configuration, null, 2)}\n`);
  await writePrivateFile(
    join(folder, '.dev.vars'),
    variableLines({
      WORKER_SIGNING_KEY: secrets.worker_signing_key,
      API_KEY_PEPPER: secrets.api_key_pepper,
      S3_ACCESS_KEY_ID: objectStore.accessKeyId,
      S3_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
    }),
  );
  return configPath;
}

function variableLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('');
}

/** What local runs take from `wrangler.toml` as it is; paths, bindings and variables are made anew. */
const deployedSchema = z.object({
  name: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  ratelimits: z.array(z.looseObject({ name: z.string() })).default([]),
  queues: z.looseObject({}).optional(),
  assets: z.looseObject({}),
});

async function readDeployedConfiguration(): Promise<z.infer<typeof deployedSchema>> {
  return deployedSchema.parse(parse(await readFile(join(repositoryFolder, 'wrangler.toml'), 'utf8')));
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { s3Path } from '#infra/local/edge/local-object-store.ts';
import { startWrangler } from '#infra/local/processes/start-wrangler.ts';
import { externalObjectStore } from '#test/support/external-object-store.ts';

export interface LocalS3 {
  /** The whole endpoint, with its path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A client, for this endpoint or for a proxy in front of it. It never retries, so that a test's counts are exact. */
  client(endpoint?: string): S3Client;
  stop(): Promise<void>;
}

/**
 * A real S3 server: the one that the environment names (external-object-store.ts), else one in a process of its own, the R2 simulator of workerd
 * with one empty bucket in a temporary folder.
 */
export async function startLocalS3(): Promise<LocalS3> {
  const external = externalObjectStore();
  if (external === undefined) return startSimulator();
  const { accessKeyId, secretAccessKey, ...store } = external;
  return describeS3({ ...store, credentials: { accessKeyId, secretAccessKey } }, () => Promise.resolve());
}

async function startSimulator(): Promise<LocalS3> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-s3-'));
  const credentials = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret-access-key' };
  const bucket = 'adapters';
  await writeFile(
    join(folder, 'worker.js'),
    'export default { fetch: () => new Response("S3 only", { status: 404 }) };\n',
  );
  const configuration = {
    name: 'local-s3',
    main: 'worker.js',
    compatibility_date: '2026-10-01',
    r2_buckets: [{ binding: 'R2', bucket_name: bucket, local_dev: { experimental_s3_credentials: credentials } }],
  };
  await writeFile(join(folder, 'wrangler.json'), JSON.stringify(configuration));
  const running = await startWrangler({
    configPath: join(folder, 'wrangler.json'),
    stateFolder: folder,
    dataFolder: join(folder, 'state'),
    port: 0,
    logFile: join(folder, 'wrangler.log'),
    signal: new AbortController().signal,
  });
  return describeS3({ endpoint: running.url + s3Path, bucket, region: 'auto', credentials }, async () => {
    await running.stop(4_000);
    await rm(folder, { recursive: true, force: true });
  });
}

function describeS3(store: Omit<LocalS3, 'client' | 'stop'>, stop: () => Promise<void>): LocalS3 {
  const { region, credentials } = store;
  return {
    ...store,
    client: (endpoint = store.endpoint) =>
      new S3Client({ endpoint, region, forcePathStyle: true, credentials, maxAttempts: 1 }),
    stop,
  };
}

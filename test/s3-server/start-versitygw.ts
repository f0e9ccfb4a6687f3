import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalObjectStore } from '#infra/local/edge/local-object-store.ts';
import { freePort } from '#infra/local/processes/free-port.ts';
import { startProcess } from '#infra/local/processes/start-process.ts';

export interface RunningS3Server {
  readonly store: LocalObjectStore;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** Ends the server when this process is gone, however it went. */
const guardPath = fileURLToPath(import.meta.resolve('#infra/local/processes/guard.ts'));

const pollMs = 50;
const startTimeoutMs = 30_000;

/** Starts versitygw on a free loopback port with an empty bucket in a temporary folder. Rejects when it does not answer. */
export async function startVersitygw(program: string): Promise<RunningS3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-versitygw-'));
  const [data, sidecar] = [join(folder, 'data'), join(folder, 'attributes')];
  await Promise.all([data, sidecar].map((each) => mkdir(each)));
  const port = await freePort(0, false);
  const [accessKeyId, secretAccessKey] = ['test-access-key', 'test-secret-access-key'];
  const listen = ['--port', `127.0.0.1:${port}`, '--quiet', '--keep-alive', '--health', '/health'];
  // Attributes lie beside the data: not every file system has room for them.
  const command = [process.execPath, guardPath, program, ...listen, 'posix', '--sidecar', sidecar, data] as const;
  const server = startProcess({
    command,
    environment: {
      PATH: process.env['PATH'] ?? '',
      ROOT_ACCESS_KEY: accessKeyId,
      ROOT_SECRET_KEY: secretAccessKey,
    },
    logFile: join(folder, 'versitygw.log'),
    onMessage: () => undefined,
  });
  const stop = async () => {
    await server.stop(4_000);
    await rm(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const store = { endpoint, bucket: 'adapters', region: 'us-east-1', accessKeyId, secretAccessKey };
  try {
    await Promise.race([untilHealthy(endpoint), server.ended.then(refuseEnd)]);
    await createBucket(store);
    return { store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilHealthy(endpoint: string): Promise<void> {
  const giveUp = AbortSignal.timeout(startTimeoutMs);
  for (;;) {
    const response = await fetch(`${endpoint}/health`, { signal: giveUp }).catch(() => undefined);
    if (response?.ok) return;
    if (giveUp.aborted) throw new Error(`versitygw did not answer within ${startTimeoutMs / 1_000} s.`);
    await delay(pollMs);
  }
}

function refuseEnd(code: number | null): never {
  throw new Error(`versitygw ended while it started (status ${code}).`);
}

async function createBucket({ endpoint, bucket, region, ...credentials }: LocalObjectStore): Promise<void> {
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { prepareLocalDatabase } from '#infra/local/database/prepare-local-database.ts';
import { writeEdgeConfiguration } from '#infra/local/edge/edge-configuration.ts';
import { freePort } from '#infra/local/processes/free-port.ts';
import { startGpuWorker } from '#infra/local/processes/start-gpu-worker.ts';
import { type RunningWrangler, startWrangler } from '#infra/local/processes/start-wrangler.ts';
import { workerSettings } from '#infra/local/processes/worker-settings.ts';
import { readSampleAdapter } from '#infra/local/sample/read-sample.ts';
import { openStateFolder } from '#infra/local/state/state-folder.ts';
import { type LocalDatabase, openLocalDatabase } from '#test/support/local-database.ts';
import { type LocalS3, startLocalS3 } from '#test/support/start-local-s3.ts';
import { startToxiproxy, type ToxicProxy } from '#test/support/start-toxiproxy.ts';
import { startTrainingWorker } from '#test/support/start-training-worker.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

/** Everything that training takes, with a tiny model, in processes of their own, and what makes each part fail. */
export interface TrainingSystem {
  /** Of the edge, also of the next one. */
  readonly url: string;
  readonly apiKey: string;
  readonly s3: LocalS3;
  /** Between the bucket and the edge with the worker that serves, and between the bucket and the worker that trains. */
  readonly edgeBucket: ToxicProxy;
  readonly workerBucket: ToxicProxy;
  readonly database: LocalDatabase;
  /** What the worker that trains logged so far. */
  readonly workerLog: () => string;
  /** What all edges logged so far. */
  readonly edgeLog: () => string;
  /** SIGKILL; what waits in its queue is lost. */
  readonly killEdge: () => Promise<void>;
  /** The edge again, with the same database. */
  readonly startEdge: () => Promise<void>;
  /** What the cron trigger does. */
  readonly sweep: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const baseModel = 'smollm2-135m-instruct';
const { signal } = new AbortController();

/** @param toxiproxy its program */
export async function startTrainingSystem(toxiproxy: string): Promise<TrainingSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'hintrank-training-system-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await start(folder, toxiproxy, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  folder: string,
  program: string,
  undo: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<TrainingSystem> {
  const modelPath = writeTinyTextModel(join(folder, 'model'));
  const state = await openStateFolder(join(folder, 'state'));
  const { secrets } = state;
  const s3 = await startLocalS3();
  undo.push(() => s3.stop());
  const toxiproxy = await startToxiproxy(program);
  undo.push(() => toxiproxy.stop());
  const [edgeBucket, workerBucket] = [
    await toxiproxy.before('edge', s3.endpoint),
    await toxiproxy.before('worker', s3.endpoint),
  ];
  const objectStore = { endpoint: edgeBucket.url, bucket: s3.bucket, region: s3.region, ...s3.credentials };
  const serving = await startGpuWorker({
    name: 'The worker',
    settings: {
      ...workerSettings({ state, objectStore, modelPath, baseModel }),
      GPU_WORKER_PRECISION: 'fp32',
      GPU_WORKER_THREADS: '1',
    },
    logFile: join(state.logs, 'gpu-worker.log'),
    onProgress: () => undefined,
    signal,
  });
  undo.push(() => serving.stop(4_000));
  const configPath = await writeEdgeConfiguration({
    folder: join(state.path, 'edge'),
    secrets,
    gpuWorkerUrls: [serving.url],
    baseModel,
    objectStore,
    edgeVariables: { TRAINING_LEASE_SECONDS: '120' },
  });
  retryNoMessage(configPath);
  const adapter = await readSampleAdapter();
  await prepareLocalDatabase({ state, configPath, adapter, baseModel, signal, say: () => undefined });
  const port = await freePort(0, false);
  const logs = join(state.logs, 'edges');
  let edge: RunningWrangler | undefined;
  const killEdge = async () => {
    await edge?.stop(0);
    edge = undefined;
  };
  undo.push(killEdge);
  let edges = 0;
  const startEdge = async () => {
    edges += 1;
    await freePort(port, true);
    const logFile = `${logs}-${edges}.log`;
    edge = await startWrangler({ configPath, stateFolder: state.path, dataFolder: state.data, port, logFile, signal });
  };
  await Promise.all([startEdge(), serving.ready]);
  const url = `http://127.0.0.1:${port}`;
  const signingKey = Buffer.from(secrets.worker_signing_key, 'base64url');
  const where = { edgeUrl: url, signingKey, s3, s3Endpoint: workerBucket.url, modelPath, baseModel };
  const training = await startTrainingWorker({ ...where, cacheFolder: join(folder, 'cache') });
  undo.push(async () => {
    training.signal('SIGKILL');
    await training.ended;
  });
  return {
    url,
    apiKey: secrets.api_key,
    s3,
    edgeBucket,
    workerBucket,
    database: openLocalDatabase(state.data),
    workerLog: training.log,
    edgeLog: () => readLogs(state.logs, 'edges-'),
    killEdge,
    startEdge,
    sweep: async () => {
      const response = await fetch(`${url}/cdn-cgi/local/scheduled`);
      if (!response.ok) throw new Error(`the sweep ended as ${response.status} ${await response.text()}`);
    },
    stop,
  };
}

const configurationSchema = z.looseObject({ queues: z.looseObject({ consumers: z.array(z.looseObject({})) }) });

/** A message that fails once is a dead letter: the tests need not wait for ten retries. */
function retryNoMessage(configPath: string): void {
  const configuration = configurationSchema.parse(JSON.parse(readFileSync(configPath, 'utf8')));
  const consumers = configuration.queues.consumers.map((consumer) => ({ ...consumer, max_retries: 0 }));
  writeFileSync(configPath, JSON.stringify({ ...configuration, queues: { ...configuration.queues, consumers } }));
}

function readLogs(folder: string, prefix: string): string {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
}

import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type TrainingProcess, watchTrainingProcess } from '#test/bench/beside-training/training-process.ts';
import { createWorkerClient, type WorkerClient } from '#test/bench/load/worker-client.ts';
import { startScriptedTrainingEdge } from '#test/support/scripted-training-edge.ts';
import type { LocalS3 } from '#test/support/start-local-s3.ts';
import { startTrainingWorker } from '#test/support/start-training-worker.ts';
import { descendantsOf } from '#test/system/descendants-of.ts';

export interface BesideWorkerOptions {
  readonly s3: LocalS3;
  readonly modelPath: string;
  readonly cacheFolder: string;
  /** Scoring threads. */
  readonly threads: number;
  /** Of the training, of all cores' time. */
  readonly share: number;
  /** The training's data set. */
  readonly lines: readonly string[];
  /** Tokens of a document that the training reads. */
  readonly maxTokensPerDoc: number;
}

export interface BesideWorker {
  readonly client: WorkerClient;
  readonly training: TrainingProcess;
  /** Training steps that the worker has told of. */
  readonly steps: () => number;
  stop(): Promise<void>;
}

const baseModel = 'tiny';
const pollMs = 50;

/** A job that outlasts every benchmark, and is taking steps most of the time: looks at dev queries are few and small. */
const endless = { steps: 100_000, evaluateEvery: 100_000, patience: 100_000, devQueries: 2, devDepth: 2 };

/** A worker process of the role `both` with a model and a job that has taken its first step. */
export async function startBesideWorker(options: BesideWorkerOptions): Promise<BesideWorker> {
  const { s3, share, threads, maxTokensPerDoc } = options;
  const signingKey = randomBytes(32);
  const body = Buffer.from(`${options.lines.join('\n')}\n`);
  const key = 'datasets/beside';
  const storeClient = s3.client();
  await storeClient.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: body }));
  storeClient.destroy();
  const sha256 = createHash('sha256').update(body).digest('hex');
  const edge = await startScriptedTrainingEdge(signingKey, {
    job_id: 'tj_beside',
    settings: { ...endless, maxTokensPerDoc },
    dataset: { object_key: key, sha256, bytes: body.length, id: 'beside', name: 'dataset.jsonl', format: 'jsonl' },
  });
  const worker = await startTrainingWorker({
    ...{ edgeUrl: edge.url, signingKey, s3, baseModel, role: 'both' },
    modelPath: options.modelPath,
    cacheFolder: options.cacheFolder,
    settings: {
      GPU_WORKER_THREADS: String(threads),
      GPU_WORKER_PRECISION: 'auto',
      GPU_WORKER_TRAINING_SHARE: String(share),
      GPU_WORKER_GRACE_SECONDS: '5',
      GPU_WORKER_LOG_LEVEL: 'warn',
    },
  }).catch(async (error: unknown) => {
    await edge.stop();
    throw error;
  });
  const client = createWorkerClient(worker.url, signingKey, baseModel);
  const stop = async () => {
    client.close();
    // A stopped process does not hear its worker, which would wait for it.
    for (const processId of descendantsOf(worker.processId)) process.kill(processId, 'SIGCONT');
    worker.signal('SIGTERM');
    await worker.ended;
    await edge.stop();
  };
  try {
    const died = worker.ended.then(() => Promise.reject(new Error(`the worker ended: ${worker.log()}`)));
    died.catch(() => undefined);
    const isReady = async () => (await fetch(`${worker.url}/ready`)).status === 200;
    const begun = async () => {
      while (!(await isReady()) || edge.steps.every((step) => step < 1)) {
        if (edge.finishes.length > 0) throw new Error(`the job ended: ${JSON.stringify(edge.finishes)}`);
        await delay(pollMs);
      }
    };
    await Promise.race([begun(), died]);
    const [trainer] = descendantsOf(worker.processId);
    if (trainer === undefined) throw new Error(`no process trains below process ${worker.processId}.`);
    return { client, training: watchTrainingProcess(trainer), steps: () => edge.steps.at(-1) ?? 0, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

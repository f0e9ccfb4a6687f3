import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEventSchema } from '#gpu-worker/worker-event.ts';
import type { LocalS3 } from '#test/support/start-local-s3.ts';

export interface TrainingWorkerOptions {
  readonly edgeUrl: string;
  readonly signingKey: Uint8Array;
  readonly s3: LocalS3;
  /** Another address of the same bucket: a proxy's. */
  readonly s3Endpoint?: string;
  readonly modelPath: string;
  readonly baseModel: string;
  readonly cacheFolder: string;
  /** Default: `train`. */
  readonly role?: 'train' | 'both';
  /** Settings of the worker that stand instead of those here. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface TrainingWorkerProcess {
  readonly processId: number;
  readonly url: string;
  /** Exit code and signal of its end. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
  readonly signal: (name: 'SIGKILL' | 'SIGTERM') => void;
  /** What it logged and printed so far. */
  readonly log: () => string;
}

const mainPath = fileURLToPath(new URL('../../gpu-worker/main.ts', import.meta.url));

/** A worker of the role `train` with one training thread, impatient to find work. It ends with this process at the latest. */
export async function startTrainingWorker(options: TrainingWorkerOptions): Promise<TrainingWorkerProcess> {
  const { s3 } = options;
  const child = fork(mainPath, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      GPU_WORKER_ROLE: options.role ?? 'train',
      GPU_WORKER_PORT: '0',
      GPU_WORKER_MODEL: options.modelPath,
      GPU_WORKER_CACHE_FOLDER: options.cacheFolder,
      GPU_WORKER_THREADS: '1',
      GPU_WORKER_PRECISION: 'fp32',
      GPU_WORKER_TRAINING_THREADS: '1',
      GPU_WORKER_TRAINING_IDLE_SECONDS: '0.1',
      GPU_WORKER_GRACE_SECONDS: '60',
      BASE_MODEL: options.baseModel,
      EDGE_URL: options.edgeUrl,
      WORKER_SIGNING_KEY: Buffer.from(options.signingKey).toString('base64url'),
      S3_ENDPOINT: options.s3Endpoint ?? s3.endpoint,
      S3_BUCKET: s3.bucket,
      S3_REGION: s3.region,
      S3_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      ...options.settings,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  const ended = once(child, 'exit').then(
    ([code, signal]) => [code as number | null, signal as NodeJS.Signals | null] as const,
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message) => {
      const event = workerEventSchema.parse(message);
      if (event.event === 'listening') resolve(event.url);
      if (event.event === 'failed') reject(new Error(event.reason));
    });
    void ended.then(() => reject(new Error(`the training worker ended: ${log}`)));
  });
  return { processId: child.pid ?? 0, url, ended, signal: (name) => void child.kill(name), log: () => log };
}

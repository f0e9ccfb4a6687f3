import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type Logger, pino } from 'pino';
import { readCalibrationFile } from '#gpu-worker/calibration/read-calibration-file.ts';
import type { Environment } from '#gpu-worker/environment.ts';
import type { AppOptions } from '#gpu-worker/http/create-app.ts';
import { createWorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';
import type { FetchProgress } from '#gpu-worker/model-store/fetch-options.ts';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { createDiskAdapterCache } from '#gpu-worker/scoring/adapters/disk-adapter-cache.ts';
import type { ObjectStoreOptions } from '#gpu-worker/scoring/adapters/download-object.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import { noAdapterStore } from '#gpu-worker/scoring/adapters/no-adapter-store.ts';
import { createS3AdapterStore } from '#gpu-worker/scoring/adapters/s3-adapter-store.ts';
import { createAdapterValidator } from '#gpu-worker/scoring/adapters/validate-uploaded-adapter.ts';
import { warmAdapters } from '#gpu-worker/scoring/adapters/warm-adapters.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { createWorkerTracing } from '#gpu-worker/telemetry/create-worker-tracing.ts';
import { createEdgeCalls } from '#gpu-worker/training-service/edge/edge-calls.ts';
import { createJobObjects } from '#gpu-worker/training-service/objects/job-objects.ts';
import type { WorkOptions } from '#gpu-worker/training-service/work-on-jobs.ts';
import { findBaseCalibration } from '#shared/calibration/base-model-calibration.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { limits } from '#shared/limits.ts';
import type { Tracing } from '#shared/tracing/create-tracing.ts';
import productPackage from '../package.json' with { type: 'json' };

/** Everything that touches the world, made once per process. */
export interface Dependencies {
  readonly app: Omit<AppOptions, 'state'>;
  readonly createEngine: (onProgress: (stage: string, fraction: number) => void) => Promise<ScoringEngine>;
  readonly createLoadedAdapters: (engine: ScoringEngine) => LoadedAdapters;
  readonly loadCalibration: (engine: ScoringEngine) => Promise<Calibration | null>;
  /** What training jobs are done with; null: this worker takes none. */
  readonly training: WorkOptions | null;
  readonly logger: Logger;
  readonly now: () => number;
  /** undefined where nothing is traced. */
  readonly tracing: Tracing | undefined;
}

/** Bytes of a score body at most: a rerank body, re-encoded, with room for characters that JSON escapes. */
const scoreBodyBytesMax = 2 * limits.requestBodyBytesMax;

export function createDependencies(environment: Environment): Dependencies {
  const now = () => Date.now();
  const logger = pino({ level: environment.GPU_WORKER_LOG_LEVEL });
  const objects = objectStoreOf(environment);
  const metrics = createWorkerMetrics();
  const store = adapterStoreOf(environment, objects, logger);
  const tracing = createWorkerTracing({ variables: environment, version: productPackage.version, now, logger });
  return {
    app: {
      modelId: environment.BASE_MODEL,
      signingKeys: environment.WORKER_SIGNING_KEY,
      bodyBytesMax: scoreBodyBytesMax,
      queueLengthMax: environment.GPU_WORKER_QUEUE_LENGTH_MAX,
      validateAdapter: createAdapterValidator(objects),
      metrics,
      version: productPackage.version,
      logger,
      now,
      tracing,
    },
    createEngine: async (onProgress) =>
      createScoringEngine({
        modelPath: await resolveModelPath(environment.GPU_WORKER_MODEL, { onProgress: reportFetch(onProgress) }),
        precision: environment.GPU_WORKER_PRECISION,
        device: environment.GPU_WORKER_DEVICE,
        ...(environment.GPU_WORKER_THREADS === undefined ? {} : { threads: environment.GPU_WORKER_THREADS }),
        queueLengthMax: environment.GPU_WORKER_QUEUE_LENGTH_MAX,
        prefixCacheBytes: environment.GPU_WORKER_PREFIX_CACHE_BYTES,
        cacheFolder: environment.GPU_WORKER_CACHE_FOLDER,
        onProgress,
        observer: metrics.engine,
      }),
    createLoadedAdapters: (engine) => {
      const pinned = new Set(environment.GPU_WORKER_ADAPTERS_PINNED);
      const bytesMax = environment.GPU_WORKER_ADAPTER_BYTES_MAX;
      const adapters = new LoadedAdapters({ engine, store, bytesMax, pinned, now });
      void warmAdapters(adapters, pinned, (err) => logger.warn({ err }, 'a pinned adapter is not loaded'));
      return adapters;
    },
    loadCalibration: async ({ info }) =>
      environment.GPU_WORKER_CALIBRATION === undefined
        ? findBaseCalibration(info.modelFingerprint)
        : readCalibrationFile(environment.GPU_WORKER_CALIBRATION),
    training: trainingOf(environment, objects, { observer: metrics.training, logger, now, tracing }),
    logger,
    now,
    tracing,
  };
}

/** Milliseconds for one call to the edge, for the last one of a job, and without a byte in a transfer to or from the bucket. */
const edgeTimeoutMs = 15_000;
const finishTimeoutMs = 180_000;
const transferStallMs = 30_000;

/** Pauses between attempts while the edge or the bucket does not answer. */
const retryPauses = { firstMs: 500, longestMs: 15_000 };

/** Share of the grace time for each of the two halves of handing a job back: the last step, and its checkpoint's way into the bucket. */
const releaseShare = 0.4;

/** Of all cores' time, what a training takes at most where its worker also serves, unless it is set. */
const trainingShareBeside = 0.25;

function trainingOf(
  environment: Environment,
  store: ObjectStoreOptions | undefined,
  tools: Pick<WorkOptions, 'observer' | 'logger' | 'now' | 'tracing'>,
): WorkOptions | null {
  const { GPU_WORKER_ROLE: role, EDGE_URL: edgeUrl, GPU_WORKER_CACHE_FOLDER: cacheFolder } = environment;
  const [signingKey] = environment.WORKER_SIGNING_KEY;
  if (role === 'serve' || edgeUrl === undefined || store === undefined || signingKey === undefined) return null;
  const { client, bucket } = store;
  return {
    ...tools,
    calls: createEdgeCalls({
      edgeUrl,
      signingKey,
      workerId: `${hostname().slice(0, 40)}-${crypto.randomUUID()}`,
      model: environment.BASE_MODEL,
      fetch,
      now: tools.now,
      timeoutMs: edgeTimeoutMs,
      finishTimeoutMs,
    }),
    objects: createJobObjects({ client, bucket, stallMs: transferStallMs }),
    pauses: { ...retryPauses, patienceMs: environment.GPU_WORKER_TRAINING_PATIENCE_SECONDS * 1_000 },
    training: {
      model: environment.GPU_WORKER_MODEL,
      calibrationPath: environment.GPU_WORKER_CALIBRATION,
      cacheFolder,
      threads: environment.GPU_WORKER_TRAINING_THREADS ?? (role === 'train' ? availableParallelism() : 1),
      share: environment.GPU_WORKER_TRAINING_SHARE ?? (role === 'train' ? 1 : trainingShareBeside),
      prefixBytesMax: environment.GPU_WORKER_TRAINING_DISK_BYTES,
    },
    jobsFolder: join(cacheFolder, 'training-jobs'),
    releaseMs: environment.GPU_WORKER_GRACE_SECONDS * 1_000 * releaseShare,
    idleMs: environment.GPU_WORKER_TRAINING_IDLE_SECONDS * 1_000,
  };
}

function reportFetch(onProgress: (stage: string, fraction: number) => void) {
  return ({ stage, doneBytes, totalBytes }: FetchProgress) => onProgress(stage, doneBytes / totalBytes);
}

function adapterStoreOf(
  environment: Environment,
  objects: ObjectStoreOptions | undefined,
  logger: Logger,
): AdapterStore {
  if (objects === undefined) return noAdapterStore;
  const store = createS3AdapterStore(objects);
  const bytesMax = environment.GPU_WORKER_ADAPTER_DISK_BYTES_MAX;
  if (bytesMax === 0) return store;
  const folder = join(environment.GPU_WORKER_CACHE_FOLDER, 'adapters');
  const onFault = (err: unknown) => logger.warn({ err }, 'the disk does not keep an adapter');
  return createDiskAdapterCache({ store, folder, bytesMax, onFault });
}

function objectStoreOf(environment: Environment): ObjectStoreOptions | undefined {
  if (environment.S3_BUCKET === undefined) return undefined;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey, S3_ENDPOINT: endpoint } = environment;
  const client = new S3Client({
    region: environment.S3_REGION ?? environment.AWS_REGION ?? 'auto',
    forcePathStyle: environment.S3_PATH_STYLE === 'true',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
  });
  return {
    client,
    bucket: environment.S3_BUCKET,
    fileBytesMax: limits.adapterBytesMax,
    downloadTimeoutMs: environment.GPU_WORKER_ADAPTER_TIMEOUT_MS,
  };
}

import type { LocalObjectStore } from '#infra/local/edge/local-object-store.ts';
import type { StateFolder } from '#infra/local/state/state-folder.ts';

export interface WorkerSettingsOptions {
  readonly modelPath: string;
  readonly modelCacheFolder?: string;
  readonly baseModel: string;
  readonly objectStore: LocalObjectStore;
  readonly state: StateFolder;
  /** Settings of traces; absent: nothing is traced. */
  readonly tracing?: Readonly<Record<string, string>>;
}

/** Seconds that a worker may finish its calls in, or hand its training back; less than what the shutdown grants it. */
const graceSeconds = 3;

/** Settings that all workers of this machine have, whatever their role. */
export function workerSettings({ state, objectStore, ...options }: WorkerSettingsOptions): Record<string, string> {
  return {
    ...options.tracing,
    GPU_WORKER_PORT: '0',
    GPU_WORKER_MODEL: options.modelPath,
    GPU_WORKER_CACHE_FOLDER: options.modelCacheFolder ?? state.modelCache,
    GPU_WORKER_GRACE_SECONDS: String(graceSeconds),
    BASE_MODEL: options.baseModel,
    WORKER_SIGNING_KEY: state.secrets.worker_signing_key,
    S3_ENDPOINT: objectStore.endpoint,
    S3_BUCKET: objectStore.bucket,
    S3_REGION: objectStore.region,
    S3_ACCESS_KEY_ID: objectStore.accessKeyId,
    S3_SECRET_ACCESS_KEY: objectStore.secretAccessKey,
  };
}

import type { D1Database } from '@cloudflare/workers-types';
import { createUploadStore, type UploadStore } from '#edge/adapters/uploads/upload-store.ts';
import { createAdapterValidation, type ValidateAdapter } from '#edge/adapters/validate-on-worker.ts';
import type { EdgeEnvironment } from '#edge/environment.ts';
import type { WorkerCallPorts } from '#edge/gpu-workers/worker-call-ports.ts';
import type { Log } from '#edge/log.ts';
import { createS3Requests, type S3Requests } from '#edge/object-store/s3-requests.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What uploading, pointing at and deleting adapters needs of the world. */
export interface AdapterManagement {
  readonly database: D1Database;
  readonly baseModel: string;
  readonly uploads: UploadStore;
  /** undefined where no bucket is configured. */
  readonly objects: ObjectBucket | undefined;
  readonly validate: ValidateAdapter;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Of an upload: unguessable, of letters, digits, `-` and `_`. */
  readonly newId: () => string;
  readonly log: Log;
}

export interface ObjectBucket {
  readonly s3: S3Requests;
  readonly bucket: string;
}

export interface AdapterManagementOptions {
  readonly database: D1Database;
  readonly environment: EdgeEnvironment;
  readonly workerCalls: WorkerCallPorts;
  /** To the object store. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly newId: () => string;
}

export function createAdapterManagement(options: AdapterManagementOptions): AdapterManagement {
  const { database, environment, workerCalls, fetch, newId } = options;
  const { now, timeoutSignal, log } = workerCalls;
  const settings = environment.objectStore;
  return {
    database,
    baseModel: environment.baseModel,
    uploads: createUploadStore(database),
    objects:
      settings === undefined
        ? undefined
        : { s3: createS3Requests({ settings, fetch, now, timeoutSignal }), bucket: settings.bucket },
    validate: createAdapterValidation(workerCalls, environment.gpuWorkerUrls),
    now,
    newId,
    log,
  };
}

/** The bucket. Throws ServiceError `adapter_store_unavailable` where none is configured. */
export function requireBucket({ objects }: AdapterManagement): ObjectBucket {
  if (objects !== undefined) return objects;
  throw new ServiceError('adapter_store_unavailable', 'This service was given no store for adapters (S3_BUCKET).');
}

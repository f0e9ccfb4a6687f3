import type { D1Database } from '@cloudflare/workers-types';
import { type AdapterManagement, type ObjectBucket, requireBucket } from '#edge/adapters/adapter-management.ts';
import type { AdapterStore } from '#edge/adapters/adapter-version.ts';
import type { Log } from '#edge/log.ts';
import type { TrainingEnvironment } from '#edge/training/training-environment.ts';
import type { TrainingQueue } from '#edge/training/training-message.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** What datasets and training jobs need of the world. */
export interface TrainingService {
  readonly database: D1Database;
  readonly baseModel: string;
  readonly limits: TrainingEnvironment;
  /** undefined where no queue is bound. */
  readonly queue: TrainingQueue | undefined;
  /** The bucket, the check of adapters, and where they are registered. */
  readonly adapterManagement: AdapterManagement;
  readonly adapters: AdapterStore;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Of a dataset (`ds`) or a job (`tj`): unguessable, of letters, digits and `_`. */
  readonly newId: (prefix: 'ds' | 'tj') => string;
  readonly log: Log;
}

/** The bucket. Throws ServiceError `training_unavailable` where none is configured. */
export function trainingBucket({ adapterManagement }: TrainingService): ObjectBucket {
  if (adapterManagement.objects !== undefined) return requireBucket(adapterManagement);
  throw new ServiceError('training_unavailable', 'This service was given no store for datasets (S3_BUCKET).');
}

/** The queue. Throws ServiceError `training_unavailable` where none is bound. */
export function trainingQueue({ queue }: TrainingService): TrainingQueue {
  if (queue !== undefined) return queue;
  throw new ServiceError('training_unavailable', 'This service was given no queue for training jobs (TRAINING_QUEUE).');
}

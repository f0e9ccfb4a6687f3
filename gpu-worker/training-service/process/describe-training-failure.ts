import { ThreadLostError } from '#gpu-worker/scoring/threads/thread-lost-error.ts';
import { NotFiniteError } from '#gpu-worker/training/not-finite-error.ts';
import { TrainingFault } from '#gpu-worker/training/training-fault.ts';
import { UnusableDatasetError } from '#gpu-worker/training-service/process/perform-training.ts';
import type { TrainingFailure } from '#gpu-worker/training-service/process/training-process-messages.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * Whether what ended a training would end it again, and a sentence for the job's owner. Data, settings and numbers that are not finite are the job's own;
 * everything else (a thread that died, memory, a model that is not there) is the worker's, and its details, which hold paths, are for the log alone.
 */
export function describeTrainingFailure(error: unknown): TrainingFailure {
  if (error instanceof UnusableDatasetError)
    return { code: 'invalid_dataset', permanent: true, message: error.message };
  if (error instanceof ServiceError && error.code === 'invalid_request')
    return { code: 'invalid_settings', permanent: true, message: error.message };
  if (!(error instanceof TrainingFault)) return ofWorker('before the first step or after the last');
  const { cause, where } = error;
  if (cause instanceof NotFiniteError) {
    const message = `Training stopped ${where}: ${cause.message}. A lower learning rate may help.`;
    return { code: 'not_finite', permanent: true, message };
  }
  return ofWorker(cause instanceof ThreadLostError ? `${where}: one of its threads ended` : where);
}

function ofWorker(where: string): TrainingFailure {
  return { code: 'worker_failed', permanent: false, message: `The training worker failed ${where}.` };
}

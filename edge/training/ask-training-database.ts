import { innermostCause } from '#edge/http/innermost-cause.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** A statement's result. Throws ServiceError `training_unavailable` when the database does not answer. */
export async function askTrainingDatabase<Value>(statement: PromiseLike<Value>): Promise<Value> {
  try {
    return await statement;
  } catch (cause) {
    const message = 'The database of datasets and training jobs does not answer; nothing may have been changed. Retry.';
    throw new ServiceError('training_unavailable', message, { retryAfterSeconds: 5, cause: innermostCause(cause) });
  }
}

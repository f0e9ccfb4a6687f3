import { ServiceError } from '#shared/errors/service-error.ts';

const shownCharactersMax = 40;

function shorten(id: string): string {
  return id.length > shownCharactersMax ? `${id.slice(0, shownCharactersMax)}…` : id;
}

/** The same for a job that never was, one that is deleted, and another tenant's. `param` — the parameter that named it. */
export function jobNotFound(id: string, param = 'id'): ServiceError {
  const message = `There is no training job "${shorten(id)}" for this API key; GET /v1/training-jobs lists what there is.`;
  return new ServiceError('training_job_not_found', message, { param });
}

/** The same for a dataset that never was, one that is deleted, and another tenant's. */
export function datasetNotFound(id: string, param = 'id'): ServiceError {
  const message = `There is no dataset "${shorten(id)}" for this API key; GET /v1/datasets lists what there is.`;
  return new ServiceError('dataset_not_found', message, { param });
}

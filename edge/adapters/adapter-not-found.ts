import { ServiceError } from '#shared/errors/service-error.ts';

/** The same for what never was, what is deleted and what is another tenant's. */
export function adapterNotFound(reference: string): ServiceError {
  const message = `There is no adapter "${reference}" for this API key; GET /v1/adapters lists what there is.`;
  return new ServiceError('adapter_not_found', message);
}

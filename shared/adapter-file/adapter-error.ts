import { ServiceError } from '#shared/errors/service-error.ts';

/** The error of every refusal of an adapter: `adapter: ` and what is wrong where. */
export function adapterError(message: string, cause?: unknown): ServiceError {
  return new ServiceError('invalid_adapter', `adapter: ${message}`, cause === undefined ? {} : { cause });
}

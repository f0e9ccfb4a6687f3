import { ServiceError } from '#shared/errors/service-error.ts';

/** For a request that came again while the first of its idempotency key goes on. */
export function requestInProgress(): ServiceError {
  const message = 'A request with the same Idempotency-Key has not ended; retry when it has.';
  return new ServiceError('request_in_progress', message, { retryAfterSeconds: 5 });
}

import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

/** The request's Idempotency-Key, if it has one. Throws ServiceError `invalid_request`. */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get('idempotency-key');
  if (key === null) return undefined;
  const { idempotencyKeyCharactersMax: longest } = limits;
  if (/^[\x21-\x7e]+$/.test(key) && key.length <= longest) return key;
  const message = `Idempotency-Key has ${key.length} characters; it must be 1 to ${longest} visible ASCII characters`;
  throw new ServiceError('invalid_request', message, { param: 'Idempotency-Key' });
}

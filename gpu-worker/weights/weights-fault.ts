import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * A refusal of a weights file. `place` names the file and the part or tensor, `offset` the byte where the fault was read
 * (null when the fault has no single place), `reason` holds the value and the limit.
 */
export function weightsFault(place: string, offset: number | null, reason: string, cause?: unknown): ServiceError {
  const where = offset === null ? place : `${place}, byte ${offset}`;
  return new ServiceError('invalid_weights', `${where}: ${reason}`, cause === undefined ? {} : { cause });
}

import { ServiceError } from '#shared/errors/service-error.ts';

/** Characters of a requested id that the error shows. */
const shownCharactersMax = 40;

/** ServiceError `key_not_found`, the same for a key that nobody has and for another tenant's. `param` — the parameter that named it. */
export function keyNotFound(id: string, param = 'id'): ServiceError {
  const shown = id.length > shownCharactersMax ? `${id.slice(0, shownCharactersMax)}…` : id;
  return new ServiceError('key_not_found', `There is no API key "${shown}"; GET /v1/keys lists yours.`, { param });
}

import { requestId } from 'hono/request-id';

/** Characters of a caller's request id at most: it is copied into logs and calls. */
const requestIdCharactersMax = 128;

/** Takes the caller's X-Request-Id where it is short and of letters, digits, `-`, `_` and `=`, else makes a UUID; echoes it on every answer. */
export const assignRequestId = requestId({ limitLength: requestIdCharactersMax, generator: () => crypto.randomUUID() });

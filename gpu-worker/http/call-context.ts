import type { Logger } from 'pino';

/** What middleware leaves for the routes of one call. */
export interface CallContext {
  Variables: {
    requestId: string;
    log: Logger;
    /** The body, read once, within the limit and under a checked signature. */
    body: Uint8Array;
    /** Unix milliseconds when the call came in. */
    startedAtMs: number;
    /** Code of the error that the call is answered with. */
    errorCode: string | undefined;
  };
}

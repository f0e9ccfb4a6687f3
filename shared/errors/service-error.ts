import { type ErrorCode, errorCatalogue } from '#shared/errors/error-catalogue.ts';

export interface ServiceErrorOptions {
  /** The request field at fault, for clients that show it (`error.param`). */
  readonly param?: string;
  /** Seconds after which a retry may succeed; sent as Retry-After. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A fault with a code of the catalogue and a message that names the thing, the value and the limit. The message is public; the cause is only logged. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string = errorCatalogue[code].sentence, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.param = options.param;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

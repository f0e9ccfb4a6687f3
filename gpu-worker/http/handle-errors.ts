import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import type { CallContext } from '#gpu-worker/http/call-context.ts';
import { UnsignedCallError } from '#gpu-worker/http/unsigned-call-error.ts';
import { errorCatalogue } from '#shared/errors/error-catalogue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import type { WorkerError } from '#shared/protocol/worker-error.ts';

/** The only writer of error bodies. What is not a ServiceError answers the fixed sentence of `internal`; its detail goes to the log. */
export function handleErrors(error: unknown, context: Context<CallContext>): Response {
  const known = error instanceof ServiceError ? error : new ServiceError('internal', undefined, { cause: error });
  const { status } = errorCatalogue[known.code];
  logFault(known, context.get('log'));
  context.set('errorCode', known.code);
  const body: WorkerError = {
    error: {
      code: known.code,
      message: known.message,
      ...(known.param === undefined ? {} : { param: known.param }),
      ...(known instanceof UnsignedCallError ? { reason: known.reason } : {}),
      request_id: context.get('requestId'),
    },
  };
  if (known.retryAfterSeconds !== undefined) context.header('Retry-After', String(known.retryAfterSeconds));
  return context.json(body, status as ContentfulStatusCode);
}

/** Our own faults with their stack; what the outside did (a store that is gone) with its cause; what callers did not at all, the call's line has the status. */
function logFault(error: ServiceError, log: Logger): void {
  if (error.code === 'internal') log.error({ err: error.cause ?? error }, 'call failed');
  else if (error.cause !== undefined)
    log.warn({ code: error.code, message: error.message, err: error.cause }, 'call failed');
}

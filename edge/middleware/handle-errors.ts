import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnvironment } from '#edge/app-context.ts';
import { innermostCause } from '#edge/http/innermost-cause.ts';
import { shapeErrorBody } from '#edge/http/shape-error-body.ts';
import type { Log } from '#edge/log.ts';
import { errorCatalogue } from '#shared/errors/error-catalogue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * The only writer of error bodies. A ServiceError's message is public; anything else answers the catalogue's fixed sentence and is logged under
 * the request id.
 */
export function handleErrors(log: Log) {
  return (error: Error, context: Context<AppEnvironment>): Response => {
    const requestId = context.var.requestId ?? 'none';
    const known = error instanceof ServiceError ? error : new ServiceError('internal', undefined, { cause: error });
    if (known.status >= 500) {
      const { message, stack } = innermostCause(known);
      // What passes by itself (a deadline, a worker away) is no fault of this code: a line without a stack.
      const fault = !errorCatalogue[known.code].retryable;
      log({ level: fault ? 'error' : 'warn', event: known.code, requestId, message, ...(fault ? { stack } : {}) });
    }
    if (known.retryAfterSeconds !== undefined) context.header('Retry-After', String(known.retryAfterSeconds));
    if (known.code === 'unauthenticated') context.header('WWW-Authenticate', 'Bearer');
    const body = shapeErrorBody(known, requestId, context.var.errorShape ?? 'superset');
    return context.json(body, known.status as ContentfulStatusCode);
  };
}

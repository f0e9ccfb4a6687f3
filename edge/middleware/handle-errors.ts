import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnvironment } from '#edge/app-context.ts';
import { innermostCause } from '#edge/http/innermost-cause.ts';
import { shapeErrorBody } from '#edge/http/shape-error-body.ts';
import type { RequestFault } from '#edge/telemetry/request-line.ts';
import { errorCatalogue } from '#shared/errors/error-catalogue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * The only writer of error bodies. A ServiceError's message is public; anything else answers the catalogue's fixed sentence, and what is known of it goes
 * into the request's line (log-request).
 */
export function handleErrors(error: Error, context: Context<AppEnvironment>): Response {
  const known = error instanceof ServiceError ? error : new ServiceError('internal', undefined, { cause: error });
  context.set('errorCode', known.code);
  if (known.status >= 500) context.set('fault', describeFault(known));
  if (known.retryAfterSeconds !== undefined) context.header('Retry-After', String(known.retryAfterSeconds));
  if (known.code === 'unauthenticated') context.header('WWW-Authenticate', 'Bearer');
  const { requestId = 'none', errorShape = 'superset' } = context.var;
  return context.json(shapeErrorBody(known, requestId, errorShape), known.status as ContentfulStatusCode);
}

/** A sentence of the error table, or one that names the caller's things, says nothing that the code does not; a cause does. */
function describeFault(error: ServiceError): RequestFault {
  const cause = innermostCause(error);
  const message = cause instanceof ServiceError ? undefined : cause.message;
  // What passes by itself (a deadline, a worker away) is no fault of this code: a line without a stack.
  if (errorCatalogue[error.code].retryable) return { level: 'warn', message, stack: undefined };
  return { level: 'error', message, stack: cause.stack };
}

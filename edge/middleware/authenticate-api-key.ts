import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { StoredApiKey } from '#edge/api-keys/key-lookup.ts';
import { readCredential } from '#edge/api-keys/read-credential.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import { enforceRateLimit } from '#edge/middleware/enforce-rate-limit.ts';
import { isWellFormedApiKey } from '#shared/api-keys/api-key.ts';
import type { ApiKeyScope } from '#shared/api-keys/api-key-scope.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { inSpan } from '#shared/tracing/in-span.ts';
import { unrecordedSpan } from '#shared/tracing/trace-span.ts';

/**
 * What every route with a key passes: the key is known, neither revoked nor expired, has the scope, and has requests left this minute.
 * Throws ServiceError `unauthenticated`, `missing_scope`, `rate_limited`, `key_store_unavailable`.
 */
export function authenticateApiKey(scope: ApiKeyScope) {
  return createMiddleware<AppEnvironment>(async (context, next) => {
    const limit = await inSpan(context.var.trace ?? noSpan, 'authenticate', {}, async () => {
      const apiKey = await findKey(context, scope);
      context.set('apiKey', apiKey);
      return enforceRateLimit(context, apiKey);
    });
    await next();
    if (limit !== undefined) context.res.headers.set('X-RateLimit-Limit', String(limit));
  });
}

const noSpan = unrecordedSpan(undefined);

async function findKey(context: Context<AppEnvironment>, scope: ApiKeyScope): Promise<StoredApiKey> {
  const { findApiKey, now } = context.var.dependencies;
  const key = readCredential(context.req.raw.headers);
  if (key === undefined) {
    throw unauthenticated('No API key was sent. Send it as "Authorization: Bearer YOUR_KEY".');
  }
  if (!isWellFormedApiKey(key)) {
    throw unauthenticated(
      'The API key is malformed: it must be "hr_" and 39 letters and digits. Copy it again, whole.',
    );
  }
  const lookup = await findApiKey(key);
  if (lookup.kind === 'unavailable')
    throw new ServiceError('key_store_unavailable', undefined, { retryAfterSeconds: 5 });
  if (lookup.kind === 'unknown')
    throw unauthenticated('The API key is not known. Use a key that was made for this service.');
  if (lookup.move !== undefined) runInBackground(context)(lookup.move);
  refuseStale(lookup.apiKey, now());
  if (!lookup.apiKey.scopes.includes(scope)) {
    throw new ServiceError('missing_scope', `The API key lacks the scope "${scope}" that this endpoint needs.`);
  }
  return lookup.apiKey;
}

function refuseStale({ revokedAtMs, expiresAtMs }: StoredApiKey, nowMs: number): void {
  if (revokedAtMs !== null && revokedAtMs <= nowMs) throw unauthenticated('The API key was revoked. Use another key.');
  if (expiresAtMs !== null && expiresAtMs <= nowMs) {
    throw unauthenticated(`The API key expired at ${new Date(expiresAtMs).toISOString()}. Use another key.`);
  }
}

function unauthenticated(message: string): ServiceError {
  return new ServiceError('unauthenticated', message);
}

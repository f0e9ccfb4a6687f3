import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';

/** Headers of answers that pages may read; browsers hide all others. */
const exposedHeaders = [
  'Retry-After',
  'Server-Timing',
  'X-Cache',
  'X-RateLimit-Limit',
  'X-RateLimit-Limit-Tokens',
  'X-RateLimit-Remaining',
  'X-RateLimit-Remaining-Tokens',
  'X-RateLimit-Reset',
  'X-RateLimit-Reset-Tokens',
  'X-Request-Id',
];

/** Seconds for which a browser remembers a preflight's answer; two hours are the most that any of them honours. */
const preflightSeconds = 7_200;

/**
 * CORS for the origins of the configuration; off without any. Keys travel in headers and never in cookies, so no credentials are allowed. Request headers
 * are not limited: SDKs send their own (`X-Stainless-…`, `X-Fern-…`), and none of them grants anything.
 */
export function allowOrigins() {
  let answerCors: ReturnType<typeof cors> | undefined;
  return createMiddleware<AppEnvironment>(async (context, next) => {
    const { corsOrigins } = context.var.dependencies.environment;
    if (corsOrigins.length === 0) return next();
    answerCors ??= cors({
      origin: corsOrigins === '*' ? '*' : [...corsOrigins],
      allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
      exposeHeaders: exposedHeaders,
      maxAge: preflightSeconds,
    });
    return answerCors(context, next);
  });
}

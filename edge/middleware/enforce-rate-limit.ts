import type { Context } from 'hono';
import type { StoredApiKey } from '#edge/api-keys/key-lookup.ts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { formatCount } from '#edge/format-count.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Seconds of the limiters' window. */
const windowSeconds = 60;

/**
 * Counts the request against its key's requests per minute. Returns the limit, undefined where there is none. Throws ServiceError `rate_limited`,
 * with X-RateLimit-Remaining and X-RateLimit-Reset (unix seconds); how many remain otherwise is known to nobody: the counters answer yes or no.
 */
export async function enforceRateLimit(
  context: Context<AppEnvironment>,
  apiKey: StoredApiKey,
): Promise<number | undefined> {
  const { requestLimits, now } = context.var.dependencies;
  const verdict = await requestLimits.take(apiKey.id, apiKey.requestsPerMinute);
  if (verdict.kind === 'unlimited') return undefined;
  if (verdict.kind === 'allowed') return verdict.limit;
  // The windows begin with the minutes of the clock.
  const nowSeconds = Math.floor(now() / 1000);
  const retryAfterSeconds = windowSeconds - (nowSeconds % windowSeconds);
  context.header('X-RateLimit-Limit', String(verdict.limit));
  context.header('X-RateLimit-Remaining', '0');
  context.header('X-RateLimit-Reset', String(nowSeconds + retryAfterSeconds));
  const limit = formatCount(verdict.limit);
  const message = `The API key has sent more requests this minute than its limit, which is ${limit}; retry in ${retryAfterSeconds} s.`;
  throw new ServiceError('rate_limited', message, { retryAfterSeconds });
}

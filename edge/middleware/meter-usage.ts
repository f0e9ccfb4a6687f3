import { createMiddleware } from 'hono/factory';
import type { AppEnvironment } from '#edge/app-context.ts';
import { formatCount } from '#edge/format-count.ts';
import { runInBackground } from '#edge/http/run-in-background.ts';
import { nextDayMs, usageDay } from '#edge/usage/usage-day.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * For routes that use tokens, after authenticate-api-key: refuses a key that has used its tokens of the day, and counts what a request cost that
 * succeeded (the route leaves it in `usage`). A request that begins below the quota is served whole. Says what is left in
 * X-RateLimit-Limit-Tokens, -Remaining-Tokens and -Reset-Tokens (unix seconds). Throws ServiceError `quota_exceeded`.
 */
export const meterUsage = createMiddleware<AppEnvironment>(async (context, next) => {
  const { usageLedger, now } = context.var.dependencies;
  const { id: keyId, tenantId, tokensPerDay } = context.var.apiKey;
  const quotaHeaders = async (quota: number): Promise<[string, number][]> => [
    ['X-RateLimit-Limit-Tokens', quota],
    ['X-RateLimit-Remaining-Tokens', Math.max(0, quota - (await usageLedger.tokensUsed(keyId)))],
    ['X-RateLimit-Reset-Tokens', nextDayMs(now()) / 1000],
  ];
  if (tokensPerDay !== null && (await usageLedger.tokensUsed(keyId)) >= tokensPerDay) {
    for (const [name, value] of await quotaHeaders(tokensPerDay)) context.header(name, String(value));
    const retryAfterSeconds = Math.ceil((nextDayMs(now()) - now()) / 1000);
    const message = `The API key has used its tokens of ${usageDay(now())} (UTC), of which it has ${formatCount(tokensPerDay)}; they are counted anew tomorrow.`;
    throw new ServiceError('quota_exceeded', message, { retryAfterSeconds });
  }
  await next();
  const { usage } = context.var;
  if (usage !== undefined && context.res.ok) {
    usageLedger.count({ ...usage, requests: 1, tenantId, keyId, day: usageDay(now()) });
    runInBackground(context)(usageLedger.flush());
  }
  if (tokensPerDay === null) return;
  for (const [name, value] of await quotaHeaders(tokensPerDay)) context.res.headers.set(name, String(value));
});

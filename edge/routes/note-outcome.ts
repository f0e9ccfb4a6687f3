import type { Context } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { cacheStatus } from '#edge/rerank/cache-status.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';

/** Leaves what a request cost and where its scores came from to those who count, and says it in headers. */
export function noteOutcome(
  context: Context<AppEnvironment>,
  outcome: Pick<RerankOutcome, 'usage' | 'fromCache' | 'workerMs' | 'workerTiming'>,
): void {
  const { usage, fromCache, workerMs, workerTiming } = outcome;
  const { timing, measures } = context.var;
  context.set('usage', usage);
  context.header('X-Cache', cacheStatus(outcome));
  if (workerMs !== undefined) timing.workerMs = workerMs;
  timing.workerTiming = workerTiming;
  measures.documents = { count: fromCache.length, cached: fromCache.filter((cached) => cached).length };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Tracing } from '#shared/tracing/create-tracing.ts';

/** Milliseconds that the last spans get at the end of the process, beyond the grace time of calls. */
const finishMs = 2_000;

/** Sends the last spans, if the collector takes them soon. Never rejects. */
export async function finishTracing(tracing: Tracing | undefined, waitMs = finishMs): Promise<void> {
  if (tracing !== undefined) await Promise.race([tracing.finish(), delay(waitMs, undefined, { ref: false })]);
}

/** Milliseconds before a hedge at least: below, it would double the work of calls that are about to be answered. */
const delayMinMs = 20;

/** Share of the remaining time after which a hedge is due at the latest, so that it can still be answered. */
const remainingShareMax = 0.5;

/** Milliseconds where nothing is known of calls of this size yet. */
const delayUnknownMs = 2_000;

/** Milliseconds after which a call that is still out is hedged. `p95Ms` — within which 95 % of recent calls of about its size were answered. */
export function hedgeDelayMs(p95Ms: number | undefined, remainingMs: number): number {
  return Math.ceil(Math.min(Math.max(delayMinMs, p95Ms ?? delayUnknownMs), remainingMs * remainingShareMax));
}

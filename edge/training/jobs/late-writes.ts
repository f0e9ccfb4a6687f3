import { type SQL, sql } from 'drizzle-orm';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import { limits } from '#shared/limits.ts';

/** Milliseconds for the last call of a worker that has given up, and for clocks. */
const graceMs = 3_600_000;

/** Milliseconds after a job's end in which a worker that was cut off from the edge, and not from the bucket, may still put something there: its patience at most. */
const lateWritesMs = limits.trainingPatienceSecondsMax * 1_000 + graceMs;

/**
 * Unix milliseconds from which nobody puts anything into the bucket for an ended job. A job that its first lease completed has no other worker, and that one has
 * said its last word; of every other, some worker may not know yet that the job is not its own.
 */
export function lateWritesEndMs({ lease, state, endedAtMs, createdAtMs }: JobRow): number {
  const isLast = lease === 0 || (lease === 1 && state === 'completed');
  return (endedAtMs ?? createdAtMs) + (isLast ? 0 : lateWritesMs);
}

/** The same of a row in a statement. */
export const lateWritesEndOfRow: SQL<number> = sql<number>`(COALESCE(ended_at, created_at)
  + CASE WHEN lease = 0 OR (lease = 1 AND state = 'completed') THEN 0 ELSE ${lateWritesMs} END)`;

import { type SQL, sql } from 'drizzle-orm';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import { usageDay } from '#edge/usage/usage-day.ts';

/**
 * Statements that count a job's new tokens for its tenant's day and for the key that made it. They belong behind the update of the job, in this order: each
 * does something only if the one before has.
 */
export function countTokens(job: JobRow, tokens: number, nowMs: number): { readonly ofDay: SQL; readonly ofKey: SQL } {
  const day = usageDay(nowMs);
  return {
    ofDay: sql`INSERT INTO training_days (tenant_id, day, tokens) SELECT ${job.tenantId}, ${day}, ${tokens} WHERE changes() > 0
      ON CONFLICT (tenant_id, day) DO UPDATE SET tokens = tokens + excluded.tokens`,
    ofKey: sql`INSERT INTO usage_days (tenant_id, key_id, day, requests, search_units, tokens, cached_tokens)
      SELECT ${job.tenantId}, ${job.keyId}, ${day}, 0, 0, ${tokens}, 0 WHERE changes() > 0
      ON CONFLICT (key_id, day) DO UPDATE SET tokens = tokens + excluded.tokens`,
  };
}

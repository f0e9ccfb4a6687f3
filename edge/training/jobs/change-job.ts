import type { D1Database } from '@cloudflare/workers-types';
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import { trainingJobs } from '#edge/database/training-schema.ts';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import { runBatch } from '#edge/training/run-batch.ts';
import { endedStates, type JobEvent, jobStates, nextJobState } from '#shared/training/job-states.ts';

export interface JobChange {
  readonly id: string;
  readonly event: JobEvent;
  readonly nowMs: number;
  /** What the owner reads beside the new state. */
  readonly message?: string;
  /** More columns to set, each with a comma before it: `, worker_id = …`. */
  readonly set?: SQL;
  /** What must be true of the row besides its state: `lease = …`. */
  readonly where?: SQL;
}

/** Columns as the row's type names them. */
export const jobColumns = sql.join(
  Object.entries(getTableColumns(trainingJobs)).map(
    ([name, column]) => sql`${sql.identifier(column.name)} AS ${sql.identifier(name)}`,
  ),
  sql`, `,
);

/**
 * Statements of one change of state, for a batch: the update, which returns the row where it could happen, and the event that tells of it. Which states it
 * can happen in, and what comes of them, is the table's of shared/training/job-states.ts.
 */
export function jobChangeStatements({
  id,
  event,
  nowMs,
  message,
  set = sql``,
  where = sql`TRUE`,
}: JobChange): [SQL, SQL] {
  const moves = jobStates.flatMap((state) => {
    const next = nextJobState(state, event);
    return next === undefined || next === state ? [] : [{ state, next }];
  });
  const cases = moves.map(({ state, next }) => sql`WHEN ${state} THEN ${next}`);
  const ended = moves.filter(({ next }) => endedStates.some((one) => one === next)).map(({ state }) => state);
  const update = sql`UPDATE training_jobs SET
      ended_at = CASE WHEN state IN ${ended.length === 0 ? sql`(NULL)` : ended} THEN ${nowMs} ELSE NULL END,
      state = CASE state ${sql.join(cases, sql` `)} END ${set}
    WHERE id = ${id} AND deleted_at IS NULL AND state IN ${moves.map(({ state }) => state)} AND (${where})
    RETURNING ${jobColumns}`;
  return [update, stateEvent(id, nowMs, message)];
}

/** The event of the state that the job has now, if the statement before it changed a row. */
export function stateEvent(id: string, nowMs: number, message?: string): SQL {
  return sql`INSERT INTO training_events (job_id, sequence, data, created_at)
    SELECT id, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM training_events WHERE job_id = ${id}),
      json_object('kind', 'state', 'state', state, 'message', ${message ?? null}), ${nowMs}
    FROM training_jobs WHERE id = ${id} AND changes() > 0`;
}

/** The job after the change, or undefined where it could not happen: it is in another state, or not as `where` says. Throws ServiceError `training_unavailable`. */
export async function changeJob(database: D1Database, change: JobChange): Promise<JobRow | undefined> {
  const [rows] = await runBatch(database, jobChangeStatements(change));
  return rows?.[0] as JobRow | undefined;
}

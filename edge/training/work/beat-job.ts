import { type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { type JobProgress, type JobRow, readProgress } from '#edge/training/jobs/job-row.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { runBatch } from '#edge/training/run-batch.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { countTokens } from '#edge/training/work/count-tokens.ts';
import { holdsJob, leaseLost } from '#edge/training/work/lease-lost.ts';
import type { TrainingEventData } from '#shared/protocol/training-events.ts';
import type { HeartbeatAnswer, heartbeatSchema } from '#shared/protocol/training-work.ts';

type ParsedHeartbeat = z.output<typeof heartbeatSchema>;

/**
 * A worker is alive: its lease goes on, and what it tells is kept and counted, once for each number of a heartbeat. Throws ServiceError `lease_lost`,
 * `training_unavailable`.
 */
export async function beatJob(
  service: TrainingService,
  jobs: JobStore,
  id: string,
  heartbeat: ParsedHeartbeat,
): Promise<HeartbeatAnswer> {
  const { lease, beat } = heartbeat;
  const job = await jobs.findAny(id);
  if (job === undefined || !holdsJob(job, lease)) throw leaseLost(id, lease, job);
  if (beat <= job.beat) return { continue: job.state === 'running' };
  const nowMs = service.now();
  const tokens = Math.max(job.tokens, heartbeat.progress?.tokens ?? 0);
  const { ofDay, ofKey } = countTokens(job, tokens - job.tokens, nowMs);
  const update = updateJob(service, job, heartbeat, { tokens, nowMs });
  const told = insertEvents(id, tellEvents(heartbeat), nowMs);
  const [rows] = await runBatch(service.database, [update, ofDay, ofKey, told]);
  const row = rows?.[0] as Pick<JobRow, 'state'> | undefined;
  if (row !== undefined) return { continue: row.state === 'running' };
  // Lost meanwhile, or the same heartbeat came twice at once.
  const current = await jobs.findAny(id);
  if (current === undefined || !holdsJob(current, lease)) throw leaseLost(id, lease, current);
  return { continue: current.state === 'running' };
}

function updateJob(
  { limits }: TrainingService,
  job: JobRow,
  { lease, beat, checkpoint, ...heartbeat }: ParsedHeartbeat,
  { tokens, nowMs }: { readonly tokens: number; readonly nowMs: number },
): SQL {
  const progress = JSON.stringify(nextProgress(readProgress(job), heartbeat, nowMs));
  const kept = checkpoint === null ? job.checkpoint : JSON.stringify(checkpoint);
  return sql`UPDATE training_jobs SET beat = ${beat}, lease_expires_at = ${nowMs + limits.leaseSeconds * 1_000},
      progress = ${progress}, checkpoint = ${kept}, tokens = ${tokens}
    WHERE id = ${job.id} AND lease = ${lease} AND beat = ${job.beat} AND state IN ('running', 'cancelling')
    RETURNING state`;
}

function nextProgress(
  before: JobProgress | undefined,
  { progress, news }: Pick<ParsedHeartbeat, 'progress' | 'news'>,
  nowMs: number,
): JobProgress {
  const looks = news.flatMap((one) => (one.kind === 'dev' ? [one] : []));
  const told = progress ?? before?.told ?? null;
  return {
    told: told === null ? null : { ...told, loss: told.loss ?? before?.told?.loss ?? null },
    base_metric: news.flatMap((one) => (one.kind === 'base' ? [one.metric] : [])).at(-1) ?? before?.base_metric ?? null,
    dev_metric: looks.at(-1)?.metric ?? before?.dev_metric ?? null,
    best_metric: looks.filter(({ best }) => best).at(-1)?.metric ?? before?.best_metric ?? null,
    at_ms: nowMs,
  };
}

/** What the job's followers hear of it: the steps, then what happened, as in a local run. */
function tellEvents({ progress, news }: ParsedHeartbeat): TrainingEventData[] {
  const steps: TrainingEventData[] =
    progress === null || progress.loss === null ? [] : [{ kind: 'progress', ...progress }];
  const begins = news.filter(({ kind }) => kind === 'resumed' || kind === 'base');
  return [...begins, ...steps, ...news.filter((one) => !begins.includes(one))];
}

/** If the statement before changed a row. */
function insertEvents(id: string, events: readonly TrainingEventData[], nowMs: number): SQL {
  return sql`INSERT INTO training_events (job_id, sequence, data, created_at)
    SELECT ${id}, (SELECT COALESCE(MAX(sequence), 0) FROM training_events WHERE job_id = ${id}) + 1 + e.key, e.value, ${nowMs}
    FROM json_each(${JSON.stringify(events)}) e WHERE changes() > 0`;
}

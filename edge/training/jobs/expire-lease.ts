import { sql } from 'drizzle-orm';
import { changeJob } from '#edge/training/jobs/change-job.ts';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { limits } from '#shared/limits.ts';

/**
 * Takes the job from a worker that has not been heard of: another may have it, or it has failed with its last attempt. Changes nothing when the lease has
 * not run out, or is another one by now. Throws ServiceError `training_unavailable`.
 */
export async function expireLease({ database, now, log, ...service }: TrainingService, job: JobRow): Promise<void> {
  const { id, lease, attempt, workerId } = job;
  const nowMs = now();
  const where = sql`lease = ${lease} AND lease_expires_at < ${nowMs}`;
  const unheard = `its worker was not heard of for ${service.limits.leaseSeconds} seconds`;
  const last = attempt >= limits.trainingAttemptsMax;
  const failure = `No worker got to the end of the job in ${attempt} attempts; of the last one, ${unheard}.`;
  const changed = last
    ? await changeJob(database, {
        id,
        event: 'give-up',
        nowMs,
        message: failure,
        set: sql`, error_code = CASE state WHEN 'running' THEN 'worker_lost' END,
          error_message = CASE state WHEN 'running' THEN ${failure} END`,
        where,
      })
    : await changeJob(database, {
        id,
        event: 'expire',
        nowMs,
        message: `Attempt ${attempt} ended: ${unheard}.`,
        where,
      });
  if (changed !== undefined) {
    log({
      level: 'warn',
      event: 'training_lease_lost',
      job: id,
      lease,
      attempt,
      worker: workerId,
      state: changed.state,
    });
  }
}

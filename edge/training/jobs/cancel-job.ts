import { changeJob } from '#edge/training/jobs/change-job.ts';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { jobNotFound } from '#edge/training/not-found.ts';
import type { TrainingService } from '#edge/training/training-service.ts';

export interface JobNamed {
  readonly tenantId: string;
  readonly id: string;
}

/** Cancels the job, whatever its state; one that has ended stays as it is. Throws ServiceError `training_job_not_found`, `training_unavailable`. */
export async function cancelJob(service: TrainingService, jobs: JobStore, { tenantId, id }: JobNamed): Promise<JobRow> {
  if ((await jobs.find(tenantId, id)) === undefined) throw jobNotFound(id);
  const message = 'Cancelled by its owner.';
  const changed = await changeJob(service.database, { id, event: 'cancel', nowMs: service.now(), message });
  const job = changed ?? (await jobs.find(tenantId, id));
  if (job === undefined) throw jobNotFound(id);
  return job;
}

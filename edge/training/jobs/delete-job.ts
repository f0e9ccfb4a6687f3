import { and, eq, inArray, isNull } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { deleteAdapter } from '#edge/adapters/delete-adapter.ts';
import { trainingJobs } from '#edge/database/training-schema.ts';
import { askTrainingDatabase } from '#edge/training/ask-training-database.ts';
import type { JobNamed } from '#edge/training/jobs/cancel-job.ts';
import { cleanJob } from '#edge/training/jobs/clean-job.ts';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { jobNotFound } from '#edge/training/not-found.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { endedStates, hasEnded } from '#shared/training/job-states.ts';

export interface JobToDelete extends JobNamed {
  /** The version that it was published as goes too. */
  readonly withAdapter: boolean;
}

/**
 * Deletes a job that has ended, with its events, checkpoints and reports; the bytes go at once or with the next sweep, and what a worker that was cut off adds with a later one. Returns the version that went with
 * it. Throws ServiceError `training_job_not_found`, `training_job_active`, `adapter_in_use` where an alias points at the version, `training_unavailable`.
 */
export async function deleteJob(
  service: TrainingService,
  jobs: JobStore,
  { tenantId, id, withAdapter }: JobToDelete,
): Promise<string | null> {
  const job = await jobs.find(tenantId, id);
  if (job === undefined) throw jobNotFound(id);
  if (!hasEnded(job.state)) {
    throw new ServiceError(
      'training_job_active',
      `Training job ${id} is ${job.state}; cancel it first, and wait until it has ended.`,
    );
  }
  const version = withAdapter ? await deletePublished(service, job) : null;
  await markJobDeleted(service, id);
  await cleanJob(service, { ...job, deletedAtMs: service.now() });
  return version;
}

/** Takes it from its owner; objects and rows go after. */
export async function markJobDeleted({ database, now }: TrainingService, id: string): Promise<void> {
  const ended = and(
    eq(trainingJobs.id, id),
    inArray(trainingJobs.state, [...endedStates]),
    isNull(trainingJobs.deletedAtMs),
  );
  const update = drizzle(database)
    .update(trainingJobs)
    .set({ deletedAtMs: now(), cleanedAtMs: null, idempotencyKey: null });
  await askTrainingDatabase(update.where(ended));
}

async function deletePublished(
  service: TrainingService,
  { tenantId, adapterName: name, version }: JobRow,
): Promise<string | null> {
  if (version === null) return null;
  try {
    await deleteAdapter(service, { tenantId, name, version });
  } catch (error) {
    // Its owner deleted it before.
    if (error instanceof ServiceError && error.code === 'adapter_not_found') return null;
    throw error;
  }
  return `${name}@${version}`;
}

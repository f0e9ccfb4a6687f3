import type { DatasetStore } from '#edge/training/datasets/dataset-store.ts';
import { discardDataset } from '#edge/training/datasets/discard-dataset.ts';
import { deleteJob } from '#edge/training/jobs/delete-job.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { datasetNotFound } from '#edge/training/not-found.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { hasEnded } from '#shared/training/job-states.ts';

export interface DatasetToDelete {
  readonly tenantId: string;
  readonly id: string;
  /** Jobs that were trained on it go too; adapters that they published stay. */
  readonly withJobs: boolean;
}

/** Jobs that a refusal names. */
const namedJobsMax = 5;

/**
 * Deletes a dataset that no job needs any more; the bytes go at once or with the next sweep. Returns the jobs that went with it. Throws ServiceError
 * `dataset_not_found`, `dataset_in_use` naming jobs that go on, `training_unavailable`.
 */
export async function deleteDataset(
  service: TrainingService,
  { jobs, datasets }: { readonly jobs: JobStore; readonly datasets: DatasetStore },
  { tenantId, id, withJobs }: DatasetToDelete,
): Promise<string[]> {
  if ((await datasets.find(tenantId, id)) === undefined) throw datasetNotFound(id);
  const using = await jobs.listOfDataset(id);
  const active = using.filter(({ state }) => !hasEnded(state));
  if (active.length > 0) {
    const named = active
      .slice(0, namedJobsMax)
      .map((job) => `${job.id} (${job.state})`)
      .join(', ');
    const more = active.length > namedJobsMax ? ` and ${active.length - namedJobsMax} more` : '';
    throw new ServiceError(
      'dataset_in_use',
      `Dataset ${id} is used by training jobs that have not ended: ${named}${more}; cancel them first.`,
    );
  }
  const deleted = withJobs ? using.map((job) => job.id) : [];
  for (const job of deleted) await deleteJob(service, jobs, { tenantId, id: job, withAdapter: false });
  await discardDataset(service, datasets, id);
  return deleted;
}

import type { DatasetStore } from '#edge/training/datasets/dataset-store.ts';
import { discardDataset } from '#edge/training/datasets/discard-dataset.ts';
import { forgottenMs } from '#edge/training/jobs/admit-forgotten.ts';
import { cleanJob } from '#edge/training/jobs/clean-job.ts';
import { expireLease } from '#edge/training/jobs/expire-lease.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { sendToQueue } from '#edge/training/jobs/send-to-queue.ts';
import type { TrainingService } from '#edge/training/training-service.ts';

/** Rows of each kind in one run: each takes a few calls, of which one run of a Worker may make a thousand. */
const sweptMax = 50;

/** Milliseconds in which the bytes of a dataset must have come; S3 gives a connection up much sooner. */
const receivingMs = 3_600_000;

/**
 * What the cron trigger does about training: sends the messages that the queue did not take or lost, takes jobs from workers that are gone, and deletes what
 * could not be deleted before. Throws ServiceError `training_unavailable` when the database does not answer; the next run finds the same work.
 */
export async function sweepTraining(
  service: TrainingService,
  { jobs, datasets }: { readonly jobs: JobStore; readonly datasets: DatasetStore },
): Promise<void> {
  const nowMs = service.now();
  for (const { id } of await jobs.listForgotten(nowMs - forgottenMs, sweptMax)) {
    await sendToQueue(service, { kind: 'admit', job_id: id });
  }
  for (const job of await jobs.listExpired(nowMs, sweptMax)) await expireLease(service, job);
  if (service.adapterManagement.objects === undefined) return;
  for (const job of await jobs.listUnclean(nowMs, sweptMax)) await cleanJob(service, job);
  for (const { id } of await datasets.listLeftovers(nowMs - receivingMs, sweptMax)) {
    await discardDataset(service, datasets, id);
  }
}

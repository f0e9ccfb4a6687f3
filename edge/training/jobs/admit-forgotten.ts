import { changeJob } from '#edge/training/jobs/change-job.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import type { TrainingService } from '#edge/training/training-service.ts';

/** Milliseconds after which a submitted job's message counts as lost. */
export const forgottenMs = 60_000;

/** Jobs admitted at once. */
const admittedMax = 10;

/** Admits jobs whose message was lost or became a dead letter: a worker that asks is no longer without work than that. Throws ServiceError `training_unavailable`. */
export async function admitForgotten({ database, now }: TrainingService, jobs: JobStore): Promise<void> {
  for (const { id } of await jobs.listForgotten(now() - forgottenMs, admittedMax)) {
    await changeJob(database, { id, event: 'admit', nowMs: now() });
  }
}

import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { trainingEvents, trainingJobs } from '#edge/database/training-schema.ts';
import { listObjects } from '#edge/object-store/list-objects.ts';
import { deleteObject } from '#edge/object-store/object-calls.ts';
import { askTrainingDatabase } from '#edge/training/ask-training-database.ts';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import { lateWritesEndMs } from '#edge/training/jobs/late-writes.ts';
import { type TrainingService, trainingBucket } from '#edge/training/training-service.ts';
import {
  trainingJobPrefix,
  trainingReportKey,
  trainingReportPageKey,
  trainingUploadId,
  uploadObjectKey,
} from '#shared/object-keys.ts';

/**
 * Deletes what an ended job has left in the bucket: its checkpoints, handed-over adapters (a published one is a copy) and reports of lost leases; of a deleted
 * job all reports, its events and, once no worker can add anything, its row. Never throws: what is left the sweep finds. Returns whether all is gone.
 */
export async function cleanJob(service: TrainingService, job: JobRow): Promise<boolean> {
  const { id, lease, deletedAtMs } = job;
  try {
    const { s3 } = trainingBucket(service);
    // From before the first deletion: what comes meanwhile is left to the next time.
    const nowMs = service.now();
    const listed = lease === 0 ? [] : await listObjects(s3, trainingJobPrefix(id));
    const kept = deletedAtMs === null ? [trainingReportKey(id, lease), trainingReportPageKey(id, lease)] : [];
    const uploads = Array.from({ length: lease }, (_, index) => uploadObjectKey(trainingUploadId(id, index + 1)));
    for (const key of [...listed, ...uploads]) if (!kept.includes(key)) await deleteObject(s3, key);
    const db = drizzle(service.database);
    const mine = eq(trainingJobs.id, id);
    const events = db.delete(trainingEvents).where(eq(trainingEvents.jobId, id));
    const cleaned = db.update(trainingJobs).set({ cleanedAtMs: nowMs }).where(mine);
    if (deletedAtMs === null) await askTrainingDatabase(cleaned);
    else if (nowMs < lateWritesEndMs(job)) await askTrainingDatabase(db.batch([events, cleaned]));
    else await askTrainingDatabase(db.batch([events, db.delete(trainingJobs).where(mine)]));
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    service.log({ level: 'warn', event: 'training_job_left_to_sweep', job: id, message });
    return false;
  }
}

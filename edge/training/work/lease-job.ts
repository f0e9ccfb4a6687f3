import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { askTrainingDatabase } from '#edge/training/ask-training-database.ts';
import type { DatasetRow, DatasetStore } from '#edge/training/datasets/dataset-store.ts';
import { admitForgotten } from '#edge/training/jobs/admit-forgotten.ts';
import { changeJob } from '#edge/training/jobs/change-job.ts';
import { expireLease } from '#edge/training/jobs/expire-lease.ts';
import { type JobRow, jobCheckpointSchema, readPlan } from '#edge/training/jobs/job-row.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { sendToQueue } from '#edge/training/jobs/send-to-queue.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { usageDay } from '#edge/usage/usage-day.ts';
import { limits } from '#shared/limits.ts';
import {
  datasetObjectKey,
  trainingCheckpointPrefix,
  trainingReportKey,
  trainingUploadId,
  uploadObjectKey,
} from '#shared/object-keys.ts';
import type { LeaseRequest, TrainingLease } from '#shared/protocol/training-work.ts';
import { workerSettings } from '#shared/training/worker-settings.ts';

/** Overdue leases taken back before one is given: where no queue and no cron runs, workers that ask are enough. */
const expiredMax = 10;

/** Other workers may take what was looked up before it is taken here. */
const triesMax = 5;

/** Heartbeats in the time of a lease. */
const beatsPerLease = 4;

/**
 * The next job for a worker, or undefined: of the tenant with the fewest running, then of the one served longest ago, then the oldest; never more of a
 * tenant than may run at once, and none of a tenant whose tokens of the day are used. Throws ServiceError `training_unavailable`.
 */
export async function leaseJob(
  service: TrainingService,
  { jobs, datasets }: { readonly jobs: JobStore; readonly datasets: DatasetStore },
  { worker_id: workerId, model }: LeaseRequest,
): Promise<TrainingLease | undefined> {
  for (const expired of await jobs.listExpired(service.now(), expiredMax)) await expireLease(service, expired);
  await admitForgotten(service, jobs);
  for (let tries = 0; tries < triesMax; tries += 1) {
    const id = await findNext(service, model);
    if (id === undefined) return undefined;
    const job = await takeJob(service, id, workerId);
    if (job === undefined) continue;
    const dataset = await datasets.find(job.tenantId, job.datasetId);
    if (dataset === undefined) {
      await failWithoutDataset(service, job);
      continue;
    }
    const delaySeconds = service.limits.leaseSeconds + 1;
    await sendToQueue(service, { kind: 'check_lease', job_id: id, lease: job.lease }, { delaySeconds });
    return shapeLease(service, job, dataset);
  }
  return undefined;
}

const held = (tenant: ReturnType<typeof sql>) =>
  sql`(SELECT COUNT(*) FROM training_jobs r WHERE r.tenant_id = ${tenant} AND r.state IN ('running', 'cancelling'))`;

async function findNext({ database, limits, now }: TrainingService, model: string): Promise<string | undefined> {
  const tokens = sql`(SELECT d.tokens FROM training_days d WHERE d.tenant_id = j.tenant_id AND d.day = ${usageDay(now())})`;
  const statement = sql`
    SELECT j.id, ${held(sql`j.tenant_id`)} AS running,
      (SELECT COALESCE(MAX(s.leased_at), 0) FROM training_jobs s WHERE s.tenant_id = j.tenant_id) AS served
    FROM training_jobs j
    WHERE j.state = 'queued' AND j.deleted_at IS NULL AND j.base_model = ${model} AND running < ${limits.jobsRunningMax}
      AND (${limits.tokensPerDay} = 0 OR COALESCE(${tokens}, 0) < ${limits.tokensPerDay})
    ORDER BY running, served, j.created_at, j.id LIMIT 1`;
  const [row] = await askTrainingDatabase(drizzle(database).all<{ id: string }>(statement));
  return row?.id;
}

/** undefined: another worker was faster. */
function takeJob(service: TrainingService, id: string, workerId: string): Promise<JobRow | undefined> {
  const nowMs = service.now();
  const { jobsRunningMax, leaseSeconds } = service.limits;
  return changeJob(service.database, {
    id,
    event: 'lease',
    nowMs,
    set: sql`, lease = lease + 1, attempt = attempt + 1, beat = 0, worker_id = ${workerId}, leased_at = ${nowMs},
      started_at = COALESCE(started_at, ${nowMs}), lease_expires_at = ${nowMs + leaseSeconds * 1_000}`,
    where: sql`${held(sql`training_jobs.tenant_id`)} < ${jobsRunningMax}`,
  });
}

async function failWithoutDataset({ database, now }: TrainingService, { id, lease }: JobRow): Promise<void> {
  const message = 'The dataset was deleted before the job ran.';
  await changeJob(database, {
    id,
    event: 'fail',
    nowMs: now(),
    message,
    set: sql`, error_code = 'dataset_deleted', error_message = ${message}`,
    where: sql`lease = ${lease}`,
  });
}

function shapeLease(service: TrainingService, job: JobRow, dataset: DatasetRow): TrainingLease {
  const { method, settings, on_no_gain: onNoGain } = readPlan(job);
  return {
    job_id: job.id,
    lease: job.lease,
    attempt: job.attempt,
    attempts_max: limits.trainingAttemptsMax,
    heartbeat_seconds: service.limits.leaseSeconds / beatsPerLease,
    model: job.baseModel,
    settings: workerSettings(method, settings),
    adapter_name: job.adapterName,
    publish: onNoGain === 'publish' ? 'always' : 'if-better',
    dataset: {
      id: dataset.id,
      name: dataset.name,
      format: dataset.format,
      object_key: datasetObjectKey(dataset.id),
      sha256: dataset.sha256 ?? '',
      bytes: dataset.bytes,
    },
    checkpoint_prefix: trainingCheckpointPrefix(job.id),
    checkpoint: job.checkpoint === null ? null : jobCheckpointSchema.parse(JSON.parse(job.checkpoint)),
    adapter_object_key: uploadObjectKey(trainingUploadId(job.id, job.lease)),
    report_object_key: trainingReportKey(job.id, job.lease),
    ...(job.traceparent === null ? {} : { traceparent: job.traceparent }),
  };
}

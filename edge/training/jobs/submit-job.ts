import { sql } from 'drizzle-orm';
import { formatCount } from '#edge/format-count.ts';
import { jobColumns, stateEvent } from '#edge/training/jobs/change-job.ts';
import { type JobPlan, type JobRow, readPlan } from '#edge/training/jobs/job-row.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { sendToQueue } from '#edge/training/jobs/send-to-queue.ts';
import { datasetNotFound } from '#edge/training/not-found.ts';
import { runBatch } from '#edge/training/run-batch.ts';
import { type TrainingService, trainingBucket, trainingQueue } from '#edge/training/training-service.ts';
import { nextDayMs, usageDay } from '#edge/usage/usage-day.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface JobToSubmit {
  readonly tenantId: string;
  readonly keyId: string;
  readonly datasetId: string;
  readonly adapterName: string;
  readonly plan: JobPlan;
  readonly idempotencyKey: string | undefined;
  /** Of the request; undefined: it belongs to no trace. */
  readonly traceparent: string | undefined;
}

/**
 * Writes the job and sends it on its way; a queue that does not take it is made up for by the sweep. The same request under the same idempotency key
 * answers with the same job. Throws ServiceError `dataset_not_found`, `too_many_training_jobs`, `training_quota_exceeded`, `idempotency_conflict`,
 * `training_unavailable`.
 */
export async function submitJob(service: TrainingService, jobs: JobStore, wanted: JobToSubmit): Promise<JobRow> {
  trainingBucket(service);
  trainingQueue(service);
  const earlier = await findEarlier(jobs, wanted);
  if (earlier !== undefined) return earlier;
  await checkDay(service, jobs, wanted.tenantId);
  const row = await insertJob(service, wanted);
  if (row === undefined) return (await findEarlier(jobs, wanted)) ?? refuse(service, jobs, wanted);
  const { traceparent } = wanted;
  await sendToQueue(service, { kind: 'admit', job_id: row.id, ...(traceparent === undefined ? {} : { traceparent }) });
  return row;
}

/** The job of the same idempotency key, which must be the same request's. */
async function findEarlier(jobs: JobStore, wanted: JobToSubmit): Promise<JobRow | undefined> {
  const { tenantId, idempotencyKey, datasetId, adapterName, plan } = wanted;
  if (idempotencyKey === undefined) return undefined;
  const earlier = await jobs.findByKey(tenantId, idempotencyKey);
  if (earlier === undefined) return undefined;
  const same =
    earlier.datasetId === datasetId &&
    earlier.adapterName === adapterName &&
    JSON.stringify(readPlan(earlier)) === JSON.stringify(plan);
  if (same) return earlier;
  const message = `The Idempotency-Key stood for training job ${earlier.id}, which was asked for otherwise; use a new key for a new job.`;
  throw new ServiceError('idempotency_conflict', message, { param: 'Idempotency-Key' });
}

async function checkDay({ limits, now }: TrainingService, jobs: JobStore, tenantId: string): Promise<void> {
  const { tokensPerDay } = limits;
  if (tokensPerDay === 0) return;
  const nowMs = now();
  const used = await jobs.tokensOn(tenantId, usageDay(nowMs));
  if (used < tokensPerDay) return;
  const message = `The tenant's trainings have used ${formatCount(used)} tokens on ${usageDay(nowMs)} (UTC), the limit is ${formatCount(tokensPerDay)}; they are counted anew tomorrow.`;
  const retryAfterSeconds = Math.ceil((nextDayMs(nowMs) - nowMs) / 1_000);
  throw new ServiceError('training_quota_exceeded', message, { retryAfterSeconds });
}

/** undefined: the dataset is not there, there are too many, or the idempotency key is taken. */
async function insertJob(service: TrainingService, wanted: JobToSubmit): Promise<JobRow | undefined> {
  const { database, limits, now, newId, baseModel } = service;
  const { tenantId, keyId, datasetId, adapterName, plan, idempotencyKey = null, traceparent = null } = wanted;
  const id = newId('tj');
  const nowMs = now();
  const insert = sql`
    INSERT INTO training_jobs
      (id, tenant_id, key_id, dataset_id, adapter_name, base_model, plan, idempotency_key, traceparent,
        state, created_at)
    SELECT ${id}, ${tenantId}, ${keyId}, ${datasetId}, ${adapterName}, ${baseModel}, ${JSON.stringify(plan)},
      ${idempotencyKey}, ${traceparent}, 'submitted', ${nowMs}
    WHERE EXISTS (SELECT 1 FROM datasets WHERE id = ${datasetId} AND tenant_id = ${tenantId} AND state = 'ready')
      AND (SELECT COUNT(*) FROM training_jobs WHERE tenant_id = ${tenantId} AND deleted_at IS NULL
        AND state IN ('submitted', 'queued')) < ${limits.jobsQueuedMax}
    ON CONFLICT DO NOTHING RETURNING ${jobColumns}`;
  const [rows] = await runBatch(database, [insert, stateEvent(id, nowMs)]);
  return rows?.[0] as JobRow | undefined;
}

async function refuse(
  { limits }: TrainingService,
  jobs: JobStore,
  { tenantId, datasetId }: JobToSubmit,
): Promise<never> {
  const waiting = await jobs.countWaiting(tenantId);
  if (waiting < limits.jobsQueuedMax) throw datasetNotFound(datasetId, 'dataset');
  const message = `The tenant has ${formatCount(waiting)} training jobs that wait for a worker, the limit is ${formatCount(limits.jobsQueuedMax)}; cancel one, or wait until one runs.`;
  throw new ServiceError('too_many_training_jobs', message);
}

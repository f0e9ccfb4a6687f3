import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { readVersionRow, type VersionRow } from '#edge/adapters/read-version-row.ts';
import {
  insertVersion,
  type Registered,
  tooManyVersions,
  type VersionToRegister,
  versionColumns,
} from '#edge/adapters/register-version.ts';
import { registerUpload } from '#edge/adapters/uploads/register-upload.ts';
import { askTrainingDatabase } from '#edge/training/ask-training-database.ts';
import { jobChangeStatements } from '#edge/training/jobs/change-job.ts';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import { runBatch } from '#edge/training/run-batch.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';
import { trainingUploadId } from '#shared/object-keys.ts';
import type { StoredObject } from '#shared/protocol/training-work.ts';

export interface AdapterToPublish {
  readonly adapter: StoredObject;
  /** Columns of the job that are set with its completion. */
  readonly set: SQL;
  readonly requestId: string;
}

export type PublishOutcome =
  | { readonly kind: 'published'; readonly job: JobRow }
  /** The adapter can never be registered. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** The lease is lost, or the job is being cancelled. */
  | { readonly kind: 'not-held' };

/** Milliseconds by which the lease is made longer before the adapter is checked: two workers, a minute each, and the copy. */
const checkingMs = 180_000;

/**
 * Milliseconds after which a call that checks the adapter counts as dead when the worker asks again: the edge that had it may be gone. Should both live, both
 * check, and the last step is done once.
 */
const checkDeadMs = 30_000;

/** Refusals that another attempt would meet again. */
const lastingRefusals: readonly string[] = ['invalid_adapter', 'too_many_adapters', 'adapter_not_found'];

/**
 * Registers what a worker has trained through the same steps as an upload; the last one writes version and end of the job in one transaction, on the
 * condition that the lease still holds. Throws ServiceError when it cannot be done now: nothing is registered then, and it may be tried again.
 */
export async function publishAdapter(
  service: TrainingService,
  job: JobRow,
  { adapter, set, requestId }: AdapterToPublish,
): Promise<PublishOutcome> {
  const { adapterManagement: management, now } = service;
  const { tenantId, adapterName: name } = job;
  const upload = { id: trainingUploadId(job.id, job.lease), tenantId, name, bytes: adapter.bytes };
  await extendLease(service, job);
  const nowMs = now();
  await management.uploads.reopen({
    ...upload,
    digest: adapter.sha256,
    nowMs,
    deadBeforeMs: nowMs - checkDeadMs,
    expiresAtMs: nowMs + limits.adapterUploadSeconds * 1_000,
  });
  let outcome: PublishOutcome = { kind: 'not-held' };
  const register = async (version: VersionToRegister): Promise<Registered> => {
    const registered = await registerWithJob(service, job, version, set);
    outcome = { kind: 'published', job: registered.job };
    return registered;
  };
  try {
    await registerUpload(management, { upload, digest: adapter.sha256, requestId, register });
    return outcome;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.code === 'lease_lost') return { kind: 'not-held' };
    if (error.code === 'upload_conflict') throw beingChecked(error);
    if (!lastingRefusals.includes(error.code)) throw error;
    return { kind: 'refused', code: error.code, message: error.message };
  }
}

/** A worker that sent its call twice waits for the first; 409 would tell it that its lease is lost. */
function beingChecked(cause: ServiceError): ServiceError {
  const message = 'The adapter is being checked by another call; ask again.';
  return new ServiceError('training_unavailable', message, { retryAfterSeconds: 2, cause });
}

async function extendLease({ database, now }: TrainingService, { id, lease }: JobRow): Promise<void> {
  const until = now() + checkingMs;
  const statement = sql`UPDATE training_jobs SET lease_expires_at = MAX(lease_expires_at, ${until})
    WHERE id = ${id} AND lease = ${lease} AND state IN ('running', 'cancelling')`;
  await askTrainingDatabase(drizzle(database).run(statement));
}

/** Throws ServiceError `lease_lost` when the lease does not hold a running job any more, `too_many_adapters`. */
async function registerWithJob(
  { database, now }: TrainingService,
  { id, lease }: JobRow,
  version: VersionToRegister,
  set: SQL,
): Promise<Registered & { readonly job: JobRow }> {
  const { tenantId, name, digest, baseModel } = version;
  const holds = sql`EXISTS (SELECT 1 FROM training_jobs WHERE id = ${id} AND lease = ${lease} AND state = 'running' AND deleted_at IS NULL)`;
  const newest = sql`(SELECT MAX(version) FROM adapter_versions
    WHERE tenant_id = ${tenantId} AND name = ${name} AND digest = ${digest} AND base_model = ${baseModel} AND deleted_at IS NULL)`;
  const [update, event] = jobChangeStatements({
    id,
    event: 'complete',
    nowMs: now(),
    set: sql`${set}, version = ${newest}`,
    where: sql`lease = ${lease} AND state = 'running' AND ${newest} IS NOT NULL`,
  });
  const made = sql`SELECT ${versionColumns} FROM adapter_versions
    WHERE tenant_id = ${tenantId} AND name = ${name} AND version = ${newest}`;
  const [created = [], jobs = [], , stored = [], held = []] = await runBatch(database, [
    insertVersion(version, holds),
    update,
    event,
    made,
    sql`SELECT ${holds} AS held`,
  ]);
  const [job] = jobs as JobRow[];
  const [row] = stored as VersionRow[];
  if (job !== undefined && row !== undefined) {
    return { version: readVersionRow(row), created: created.length > 0, job };
  }
  if ((held as { held: number }[])[0]?.held === 1) throw tooManyVersions();
  throw new ServiceError('lease_lost');
}

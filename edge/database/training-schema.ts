import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { datasetFormats } from '#shared/protocol/dataset.ts';
import { jobStates } from '#shared/training/job-states.ts';

/** Datasets, each one object of the bucket. A row is there before the first byte, and after the last byte is gone. Times are unix milliseconds. */
export const datasets = sqliteTable(
  'datasets',
  {
    id: text('id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    name: text('name').notNull(),
    state: text('state', { enum: ['receiving', 'ready', 'deleted'] }).notNull(),
    /** As declared, then as received. */
    bytes: integer('bytes').notNull(),
    /** SHA-256 of the bytes, hex; NULL while they come in. */
    sha256: text('sha256'),
    /** JSON of the counts and warnings of shared/protocol/dataset.ts; NULL while the bytes come in. */
    facts: text('facts'),
    idempotencyKey: text('idempotency_key'),
    createdAtMs: integer('created_at').notNull(),
    format: text('format', { enum: datasetFormats }).notNull().default('jsonl'),
  },
  (table) => [
    uniqueIndex('datasets_idempotency').on(table.tenantId, table.idempotencyKey),
    index('datasets_tenant').on(table.tenantId, table.createdAtMs),
    index('datasets_state').on(table.state, table.createdAtMs),
  ],
);

/** Training jobs. What may become of a state is in shared/training/job-states.ts. */
export const trainingJobs = sqliteTable(
  'training_jobs',
  {
    id: text('id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    /** Key that made it; its usage counts there. */
    keyId: text('key_id').notNull(),
    datasetId: text('dataset_id').notNull(),
    adapterName: text('adapter_name').notNull(),
    baseModel: text('base_model').notNull(),
    /** JSON of method, preset, settings and on_no_gain, as the API shows them. */
    plan: text('plan').notNull(),
    idempotencyKey: text('idempotency_key'),
    state: text('state', { enum: jobStates }).notNull(),
    createdAtMs: integer('created_at').notNull(),
    startedAtMs: integer('started_at'),
    endedAtMs: integer('ended_at'),
    /** When everything but report and rows was deleted from the bucket, of a job that has ended. */
    cleanedAtMs: integer('cleaned_at'),
    /** From then on the job is nobody's; the row goes when its objects are gone. */
    deletedAtMs: integer('deleted_at'),
    /** Leases that count against the limit of attempts. */
    attempt: integer('attempt').notNull().default(0),
    /** Number of the newest lease; 0: none yet. Never falls, so that an older holder is known by its number. */
    lease: integer('lease').notNull().default(0),
    leasedAtMs: integer('leased_at'),
    leaseExpiresAtMs: integer('lease_expires_at'),
    workerId: text('worker_id'),
    /** Number of the last heartbeat of this lease. */
    beat: integer('beat').notNull().default(0),
    /** JSON of what the worker last said of its run; NULL: nothing yet. */
    progress: text('progress'),
    /** JSON of the newest checkpoint; NULL: none. */
    checkpoint: text('checkpoint'),
    /** Tokens of the run so far; never falls. */
    tokens: integer('tokens').notNull().default(0),
    /** JSON of the summary of a completed run. */
    summary: text('summary'),
    /** Version that the adapter was published as. */
    version: integer('version'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    /** Of the request that made the job (W3C Trace Context); NULL: it belongs to no trace. */
    traceparent: text('traceparent'),
  },
  (table) => [
    uniqueIndex('training_jobs_idempotency').on(table.tenantId, table.idempotencyKey),
    index('training_jobs_tenant').on(table.tenantId, table.createdAtMs),
    index('training_jobs_state').on(table.state, table.createdAtMs),
    index('training_jobs_dataset').on(table.datasetId),
  ],
);

/** What happened to jobs, in order; what `GET …/events` streams. */
export const trainingEvents = sqliteTable(
  'training_events',
  {
    jobId: text('job_id').notNull(),
    /** From 1, per job. */
    sequence: integer('sequence').notNull(),
    /** JSON of shared/protocol/training-events.ts. */
    data: text('data').notNull(),
    createdAtMs: integer('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.sequence] })],
);

/** Tokens that a tenant's trainings used on each day (UTC). */
export const trainingDays = sqliteTable(
  'training_days',
  {
    tenantId: text('tenant_id').notNull(),
    /** `2026-11-23`. */
    day: text('day').notNull(),
    tokens: integer('tokens').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.day] })],
);

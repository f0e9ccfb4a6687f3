import type { D1Database } from '@cloudflare/workers-types';
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { trainingDays, trainingEvents, trainingJobs } from '#edge/database/training-schema.ts';
import { askTrainingDatabase } from '#edge/training/ask-training-database.ts';
import type { JobRow } from '#edge/training/jobs/job-row.ts';
import { lateWritesEndOfRow } from '#edge/training/jobs/late-writes.ts';
import type { QueueTenant, WaitingJob } from '#edge/training/jobs/queue-order.ts';
import { endedStates, leasedStates } from '#shared/training/job-states.ts';

export interface JobPage {
  readonly limit: number;
  /** The list begins behind it. */
  readonly after?: JobRow;
}

/** Jobs that a position in the queue is worked out from; further back it is only told as that many. */
const waitingReadMax = 10_000;

/** Reading of jobs in D1; changes of state are change-job's. Every method throws ServiceError `training_unavailable` when the database does not answer. */
export interface JobStore {
  /** The tenant's own. */
  readonly find: (tenantId: string, id: string) => Promise<JobRow | undefined>;
  /** Anybody's, for workers and the queue. */
  readonly findAny: (id: string) => Promise<JobRow | undefined>;
  readonly findByKey: (tenantId: string, idempotencyKey: string) => Promise<JobRow | undefined>;
  readonly list: (tenantId: string, page: JobPage) => Promise<JobRow[]>;
  readonly listOfDataset: (datasetId: string) => Promise<JobRow[]>;
  readonly listWaiting: () => Promise<{ readonly jobs: WaitingJob[]; readonly tenants: QueueTenant[] }>;
  readonly countWaiting: (tenantId: string) => Promise<number>;
  readonly tokensOn: (tenantId: string, day: string) => Promise<number>;
  readonly listEvents: (jobId: string, after: number, count: number) => Promise<{ sequence: number; data: string }[]>;
  /** Submitted ones that nobody admitted since `beforeMs`. */
  readonly listForgotten: (beforeMs: number, count: number) => Promise<JobRow[]>;
  /** Held ones whose lease has run out. */
  readonly listExpired: (nowMs: number, count: number) => Promise<JobRow[]>;
  /** Ended and deleted ones whose objects were not cleared away since, or not since nobody can add any. */
  readonly listUnclean: (nowMs: number, count: number) => Promise<JobRow[]>;
}

export function createJobStore(database: D1Database): JobStore {
  const db = drizzle(database);
  const table = trainingJobs;
  const first = async (wanted: Parameters<typeof and>[0]): Promise<JobRow | undefined> => {
    const [row] = await askTrainingDatabase(
      db
        .select()
        .from(table)
        .where(and(wanted, isNull(table.deletedAtMs)))
        .limit(1),
    );
    return row;
  };
  return {
    find: (tenantId, id) => first(and(eq(table.tenantId, tenantId), eq(table.id, id))),
    findAny: (id) => first(eq(table.id, id)),
    findByKey: (tenantId, key) => first(and(eq(table.tenantId, tenantId), eq(table.idempotencyKey, key))),
    list: (tenantId, { limit, after }) => {
      const older =
        after === undefined
          ? undefined
          : or(
              lt(table.createdAtMs, after.createdAtMs),
              and(eq(table.createdAtMs, after.createdAtMs), lt(table.id, after.id)),
            );
      const mine = and(eq(table.tenantId, tenantId), isNull(table.deletedAtMs), older);
      const query = db.select().from(table).where(mine);
      return askTrainingDatabase(query.orderBy(desc(table.createdAtMs), desc(table.id)).limit(limit));
    },
    listOfDataset: (datasetId) =>
      askTrainingDatabase(
        db
          .select()
          .from(table)
          .where(and(eq(table.datasetId, datasetId), isNull(table.deletedAtMs))),
      ),
    listWaiting: async () => {
      const { id, tenantId, createdAtMs } = table;
      const waiting = and(inArray(table.state, ['submitted', 'queued']), isNull(table.deletedAtMs));
      const jobs = db.select({ id, tenantId, createdAtMs }).from(table).where(waiting);
      const tenants = sql`SELECT t.tenant_id AS tenantId,
          (SELECT COUNT(*) FROM training_jobs r WHERE r.tenant_id = t.tenant_id AND r.state IN ${[...leasedStates]}) AS running,
          (SELECT COALESCE(MAX(leased_at), 0) FROM training_jobs s WHERE s.tenant_id = t.tenant_id) AS servedAtMs
        FROM (SELECT DISTINCT tenant_id FROM training_jobs WHERE state IN ('submitted', 'queued')) t`;
      const ordered = jobs.orderBy(asc(table.createdAtMs), asc(table.id)).limit(waitingReadMax);
      const counting = askTrainingDatabase(db.all<QueueTenant>(tenants));
      const [listed, counted] = await Promise.all([askTrainingDatabase(ordered), counting]);
      return { jobs: listed, tenants: counted };
    },
    countWaiting: async (tenantId) => {
      const waiting = and(eq(table.tenantId, tenantId), inArray(table.state, ['submitted', 'queued']));
      return askTrainingDatabase(db.$count(table, and(waiting, isNull(table.deletedAtMs))));
    },
    tokensOn: async (tenantId, day) => {
      const query = db.select({ tokens: trainingDays.tokens }).from(trainingDays);
      const wanted = and(eq(trainingDays.tenantId, tenantId), eq(trainingDays.day, day));
      const [row] = await askTrainingDatabase(query.where(wanted));
      return row?.tokens ?? 0;
    },
    listEvents: (jobId, after, count) => {
      const { sequence, data } = trainingEvents;
      const query = db.select({ sequence, data }).from(trainingEvents);
      const wanted = and(eq(trainingEvents.jobId, jobId), gt(sequence, after));
      return askTrainingDatabase(query.where(wanted).orderBy(asc(sequence)).limit(count));
    },
    listForgotten: (beforeMs, count) => {
      const forgotten = and(eq(table.state, 'submitted'), lt(table.createdAtMs, beforeMs), isNull(table.deletedAtMs));
      return askTrainingDatabase(db.select().from(table).where(forgotten).orderBy(asc(table.createdAtMs)).limit(count));
    },
    listExpired: (nowMs, count) => {
      const expired = and(inArray(table.state, [...leasedStates]), lt(table.leaseExpiresAtMs, nowMs));
      return askTrainingDatabase(db.select().from(table).where(expired).limit(count));
    },
    listUnclean: (nowMs, count) => {
      // The row of a deleted one is still there, so it has not been cleared for the last time.
      const cleanedEarly = or(isNotNull(table.deletedAtMs), lt(table.cleanedAtMs, lateWritesEndOfRow));
      const due = or(isNull(table.cleanedAtMs), and(lte(lateWritesEndOfRow, nowMs), cleanedEarly));
      const ended = inArray(table.state, [...endedStates]);
      return askTrainingDatabase(db.select().from(table).where(and(ended, due)).limit(count));
    },
  };
}

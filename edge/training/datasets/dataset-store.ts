import type { D1Database } from '@cloudflare/workers-types';
import { and, desc, eq, lt, ne, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { datasets } from '#edge/database/training-schema.ts';
import { askTrainingDatabase } from '#edge/training/ask-training-database.ts';
import type { DatasetFacts } from '#edge/training/datasets/dataset-facts.ts';

export type DatasetRow = typeof datasets.$inferSelect;

export interface DatasetPage {
  readonly limit: number;
  /** The list begins behind it. */
  readonly after?: DatasetRow;
}

/** Datasets in D1. Whatever is read for a caller names the tenant. Every method throws ServiceError `training_unavailable` when the database does not answer. */
export interface DatasetStore {
  /** false: it and the tenant's others would have more than `bytesMax` bytes, or its idempotency key is taken. */
  readonly add: (row: DatasetRow, bytesMax: number) => Promise<boolean>;
  /** Bytes of all datasets of the tenant. */
  readonly bytesOf: (tenantId: string) => Promise<number>;
  /** A dataset that is there whole. */
  readonly find: (tenantId: string, id: string) => Promise<DatasetRow | undefined>;
  readonly findByKey: (tenantId: string, idempotencyKey: string) => Promise<DatasetRow | undefined>;
  readonly list: (tenantId: string, page: DatasetPage) => Promise<DatasetRow[]>;
  readonly settle: (
    id: string,
    outcome: { readonly sha256: string; readonly facts: DatasetFacts },
  ) => Promise<DatasetRow | undefined>;
  /** Takes it from its owner; the row stays until its bytes are gone. */
  readonly markDeleted: (id: string) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** Deleted ones, and ones whose bytes stopped coming before `staleMs`. */
  readonly listLeftovers: (staleMs: number, count: number) => Promise<DatasetRow[]>;
}

export function createDatasetStore(database: D1Database): DatasetStore {
  const db = drizzle(database);
  const table = datasets;
  const ofTenant = (tenantId: string) => and(eq(table.tenantId, tenantId), eq(table.state, 'ready'));
  const sumOf = (tenantId: string) =>
    sql`(SELECT COALESCE(SUM(bytes), 0) FROM datasets WHERE tenant_id = ${tenantId} AND state <> 'deleted')`;
  return {
    add: async (row, bytesMax) => {
      const statement = sql`
        INSERT INTO datasets (id, tenant_id, name, state, format, bytes, idempotency_key, created_at)
        SELECT ${row.id}, ${row.tenantId}, ${row.name}, ${row.state}, ${row.format}, ${row.bytes}, ${row.idempotencyKey}, ${row.createdAtMs}
        WHERE ${sumOf(row.tenantId)} + ${row.bytes} <= ${bytesMax}
        ON CONFLICT DO NOTHING RETURNING id`;
      return (await askTrainingDatabase(db.all(statement))).length > 0;
    },
    bytesOf: async (tenantId) => {
      const [row] = await askTrainingDatabase(db.all<{ bytes: number }>(sql`SELECT ${sumOf(tenantId)} AS bytes`));
      return row?.bytes ?? 0;
    },
    find: async (tenantId, id) => {
      const query = db.select().from(table);
      const [row] = await askTrainingDatabase(query.where(and(ofTenant(tenantId), eq(table.id, id))));
      return row;
    },
    findByKey: async (tenantId, idempotencyKey) => {
      const wanted = and(eq(table.tenantId, tenantId), eq(table.idempotencyKey, idempotencyKey));
      const [row] = await askTrainingDatabase(db.select().from(table).where(wanted));
      return row;
    },
    list: (tenantId, { limit, after }) => {
      const older =
        after === undefined
          ? undefined
          : or(
              lt(table.createdAtMs, after.createdAtMs),
              and(eq(table.createdAtMs, after.createdAtMs), lt(table.id, after.id)),
            );
      const query = db
        .select()
        .from(table)
        .where(and(ofTenant(tenantId), older));
      return askTrainingDatabase(query.orderBy(desc(table.createdAtMs), desc(table.id)).limit(limit));
    },
    settle: async (id, { sha256, facts }) => {
      const ready = { state: 'ready', sha256, facts: JSON.stringify(facts) } as const;
      const update = db
        .update(table)
        .set(ready)
        .where(and(eq(table.id, id), eq(table.state, 'receiving')));
      const [row] = await askTrainingDatabase(update.returning());
      return row;
    },
    markDeleted: async (id) => {
      await askTrainingDatabase(
        db.update(table).set({ state: 'deleted', idempotencyKey: null }).where(eq(table.id, id)),
      );
    },
    remove: async (id) => {
      await askTrainingDatabase(db.delete(table).where(and(eq(table.id, id), ne(table.state, 'ready'))));
    },
    listLeftovers: (staleMs, count) => {
      const stale = and(eq(table.state, 'receiving'), lt(table.createdAtMs, staleMs));
      const query = db
        .select()
        .from(table)
        .where(or(eq(table.state, 'deleted'), stale));
      return askTrainingDatabase(query.limit(count));
    },
  };
}

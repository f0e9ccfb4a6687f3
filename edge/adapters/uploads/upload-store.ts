import type { D1Database } from '@cloudflare/workers-types';
import { and, asc, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { askRegistry } from '#edge/adapters/ask-registry.ts';
import type { UploadRow } from '#edge/adapters/uploads/upload-row.ts';
import { adapterUploads } from '#edge/database/schema.ts';
import { limits } from '#shared/limits.ts';

/** Milliseconds after which a completion or a sweep that never ended counts as dead. */
export const claimLifetimeMs = 15 * 60_000;

/** Uploads in D1. Every method throws ServiceError `adapter_store_unavailable` when the database does not answer. */
export interface UploadStore {
  /** false: the tenant has as many unfinished uploads as it may have. */
  readonly add: (row: UploadRow) => Promise<boolean>;
  /** Makes an upload that is no caller's, beside the limit of theirs; or gives one more time that is open, or is again because its completion counts as dead. */
  readonly reopen: (upload: UploadToReopen) => Promise<void>;
  readonly find: (tenantId: string, id: string) => Promise<UploadRow | undefined>;
  /** Takes an upload in hand for one completion. false: it is not open, or expired, or its bytes are being deleted at the moment. */
  readonly claim: (id: string, digest: string, nowMs: number) => Promise<boolean>;
  /** Ends a claim: back to `open`, or `done` as that version. */
  readonly settle: (id: string, outcome: Pick<UploadRow, 'state' | 'version'>) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
  /** Claims expired uploads, and ones whose completion died, for a sweep. */
  readonly claimExpired: (nowMs: number, count: number) => Promise<UploadRow[]>;
}

export interface UploadToReopen
  extends Pick<UploadRow, 'id' | 'tenantId' | 'name' | 'bytes' | 'digest' | 'expiresAtMs'> {
  readonly nowMs: number;
  /** A completion that began before it counts as dead. */
  readonly deadBeforeMs: number;
}

export function createUploadStore(database: D1Database): UploadStore {
  const db = drizzle(database);
  const table = adapterUploads;
  return {
    add: async (row) => {
      const unfinished = sql`(SELECT COUNT(*) FROM adapter_uploads
        WHERE tenant_id = ${row.tenantId} AND state <> 'done')`;
      const statement = sql`
        INSERT INTO adapter_uploads
          (id, tenant_id, name, bytes, digest, multipart_id, part_digests, state, created_at, expires_at)
        SELECT ${row.id}, ${row.tenantId}, ${row.name}, ${row.bytes}, ${row.digest}, ${row.multipartId},
          ${row.partDigests}, ${row.state}, ${row.createdAtMs}, ${row.expiresAtMs}
        WHERE ${unfinished} < ${limits.adapterUploadsMax} RETURNING id`;
      return (await askRegistry(db.all(statement))).length > 0;
    },
    reopen: async ({ nowMs, deadBeforeMs, expiresAtMs, ...upload }) => {
      const row = { ...upload, state: 'open', createdAtMs: nowMs, expiresAtMs } as const;
      const reopens = sql`${table.state} = 'open' OR (${table.state} = 'completing' AND ${table.claimedAtMs} < ${deadBeforeMs})`;
      const longer = { set: { state: 'open', expiresAtMs }, setWhere: reopens } as const;
      await askRegistry(
        db
          .insert(table)
          .values(row)
          .onConflictDoUpdate({ target: table.id, ...longer }),
      );
    },
    find: async (tenantId, id) => {
      const query = db.select().from(table);
      const [row] = await askRegistry(query.where(and(eq(table.tenantId, tenantId), eq(table.id, id))));
      return row;
    },
    claim: async (id, digest, nowMs) => {
      const free = sql`NOT EXISTS (SELECT 1 FROM adapter_deletions WHERE digest = ${digest})`;
      const statement = sql`UPDATE adapter_uploads SET state = 'completing', digest = ${digest}, claimed_at = ${nowMs}
        WHERE id = ${id} AND expires_at > ${nowMs} AND ${free}
          AND (state = 'open' OR (state = 'completing' AND claimed_at < ${nowMs - claimLifetimeMs})) RETURNING id`;
      return (await askRegistry(db.all(statement))).length > 0;
    },
    settle: async (id, outcome) => {
      await askRegistry(db.update(table).set(outcome).where(eq(table.id, id)));
    },
    remove: async (id) => {
      await askRegistry(db.delete(table).where(eq(table.id, id)));
    },
    claimExpired: (nowMs, count) => {
      const dead = lt(table.claimedAtMs, nowMs - claimLifetimeMs);
      const ended = or(inArray(table.state, ['open', 'done']), dead);
      const expired = and(lt(table.expiresAtMs, nowMs), ended);
      const ids = db.select({ id: table.id }).from(table).where(expired).orderBy(asc(table.expiresAtMs)).limit(count);
      const claimed = { state: 'sweeping', claimedAtMs: nowMs } as const;
      return askRegistry(db.update(table).set(claimed).where(inArray(table.id, ids)).returning());
    },
  };
}

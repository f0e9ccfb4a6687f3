import type { D1Database } from '@cloudflare/workers-types';
import { and, count, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { KeyDetails } from '#edge/api-keys/key-details.ts';
import { apiKeys } from '#edge/database/schema.ts';
import { innermostCause } from '#edge/http/innermost-cause.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** A tenant's keys. Another tenant's key does not exist here. Every method throws ServiceError `key_store_unavailable` when the database does not answer. */
export interface KeyStore {
  /** The newest first; `after`: those behind it. */
  readonly list: (
    tenantId: string,
    page: { readonly limit: number; readonly after?: KeyDetails },
  ) => Promise<KeyDetails[]>;
  readonly find: (tenantId: string, id: string) => Promise<KeyDetails | undefined>;
  /** Adds the key unless the tenant has `keysMax` live ones. Calls at the same moment may pass the limit by their number. */
  readonly add: (row: KeyDetails, keysMax: number) => Promise<'added' | 'too-many'>;
  /** The row with its time of revocation; an earlier one stays. */
  readonly revoke: (tenantId: string, id: string, nowMs: number) => Promise<KeyDetails | undefined>;
  /** Adds the successor and lets the old key end at `oldExpiresAtMs`, unless it ends before; both or neither. */
  readonly replace: (successor: KeyDetails, oldExpiresAtMs: number) => Promise<'replaced' | 'has-successor'>;
}

export function createKeyStore(database: D1Database): KeyStore {
  const db = drizzle(database);
  const named = (tenantId: string, id: string) => and(eq(apiKeys.tenantId, tenantId), eq(apiKeys.id, id));
  return {
    list: (tenantId, { limit, after }) => {
      const older =
        after === undefined
          ? undefined
          : or(
              lt(apiKeys.createdAtMs, after.createdAtMs),
              and(eq(apiKeys.createdAtMs, after.createdAtMs), lt(apiKeys.id, after.id)),
            );
      const query = db
        .select()
        .from(apiKeys)
        .where(and(eq(apiKeys.tenantId, tenantId), older));
      return answered(query.orderBy(desc(apiKeys.createdAtMs), desc(apiKeys.id)).limit(limit));
    },
    find: async (tenantId, id) => (await answered(db.select().from(apiKeys).where(named(tenantId, id)).limit(1)))[0],
    add: async (row, keysMax) => {
      const live = and(
        eq(apiKeys.tenantId, row.tenantId),
        isNull(apiKeys.revokedAtMs),
        or(isNull(apiKeys.expiresAtMs), gt(apiKeys.expiresAtMs, row.createdAtMs)),
      );
      const [counted] = await answered(db.select({ keys: count() }).from(apiKeys).where(live));
      if ((counted?.keys ?? 0) >= keysMax) return 'too-many';
      await answered(db.insert(apiKeys).values(row));
      return 'added';
    },
    revoke: async (tenantId, id, nowMs) => {
      const revokedAtMs = sql<number>`coalesce(${apiKeys.revokedAtMs}, ${nowMs})`;
      const query = db.update(apiKeys).set({ revokedAtMs }).where(named(tenantId, id)).returning();
      return (await answered(query))[0];
    },
    replace: async (successor, oldExpiresAtMs) => {
      const earlier = sql<number>`min(coalesce(${apiKeys.expiresAtMs}, ${oldExpiresAtMs}), ${oldExpiresAtMs})`;
      const old = named(successor.tenantId, successor.replaces ?? '');
      try {
        await db.batch([
          db.insert(apiKeys).values(successor),
          db.update(apiKeys).set({ expiresAtMs: earlier }).where(old),
        ]);
        return 'replaced';
      } catch (cause) {
        if (innermostCause(cause).message.includes('UNIQUE constraint failed: api_keys.replaces'))
          return 'has-successor';
        throw unavailable(cause);
      }
    },
  };
}

async function answered<Value>(query: PromiseLike<Value>): Promise<Value> {
  try {
    return await query;
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): ServiceError {
  const message = 'The database of API keys does not answer; nothing may have been changed. Retry.';
  return new ServiceError('key_store_unavailable', message, { retryAfterSeconds: 5, cause });
}

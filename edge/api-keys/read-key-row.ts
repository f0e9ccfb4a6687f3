import type { D1Database } from '@cloudflare/workers-types';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { ReadKeyRow } from '#edge/api-keys/key-lookup.ts';
import { apiKeys } from '#edge/database/schema.ts';

/** Reads a key's row from D1 by the unique index on its hash. */
export function createKeyRowReader(database: D1Database): ReadKeyRow {
  const db = drizzle(database);
  return async (hash) => {
    const [row] = await db.select().from(apiKeys).where(eq(apiKeys.hash, hash)).limit(1);
    if (row === undefined) return undefined;
    return {
      id: row.id,
      tenantId: row.tenantId,
      hash: row.hash,
      scopes: row.scopes.split(' '),
      expiresAtMs: row.expiresAtMs,
      revokedAtMs: row.revokedAtMs,
      requestsPerMinute: row.requestsPerMinute,
      tokensPerDay: row.tokensPerDay,
    };
  };
}

import type { D1Database } from '@cloudflare/workers-types';
import { inArray } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { ReadKeyRows } from '#edge/api-keys/key-lookup.ts';
import { apiKeys } from '#edge/database/schema.ts';

/** Reads keys' rows from D1 by the unique index on their hash. */
export function createKeyRowsReader(database: D1Database): ReadKeyRows {
  const db = drizzle(database);
  return async (hashes) => {
    const rows = await db
      .select()
      .from(apiKeys)
      .where(inArray(apiKeys.hash, [...hashes]));
    return rows.map((row) => ({
      id: row.id,
      tenantId: row.tenantId,
      hash: row.hash,
      pepperId: row.pepperId,
      scopes: row.scopes.split(' '),
      expiresAtMs: row.expiresAtMs,
      revokedAtMs: row.revokedAtMs,
      requestsPerMinute: row.requestsPerMinute,
      tokensPerDay: row.tokensPerDay,
    }));
  };
}

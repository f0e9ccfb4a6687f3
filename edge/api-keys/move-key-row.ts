import type { D1Database } from '@cloudflare/workers-types';
import { and, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { MoveKeyRow } from '#edge/api-keys/key-lookup.ts';
import { apiKeys } from '#edge/database/schema.ts';

/** Moves a key's row to another pepper in D1: hash and id of the pepper together, and nothing else of the row; a second time changes nothing. */
export function createKeyRowMover(database: D1Database): MoveKeyRow {
  const db = drizzle(database);
  return async (row, { hash, pepperId }) => {
    const asRead = and(eq(apiKeys.id, row.id), eq(apiKeys.hash, row.hash));
    await db.update(apiKeys).set({ hash, pepperId }).where(asRead);
  };
}

import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { AdapterManagement } from '#edge/adapters/adapter-management.ts';
import { askRegistry } from '#edge/adapters/ask-registry.ts';
import { claimLifetimeMs } from '#edge/adapters/uploads/upload-store.ts';
import { deleteObject } from '#edge/object-store/object-calls.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';

/** Milliseconds for which a deleted version's file stays: requests that resolved it before may still have it loaded. */
const graceMs = 3_600_000;

/**
 * Deletes files from the store that no version of any tenant names any more. Each is claimed first: an upload of the same bytes waits until the
 * claim is over, and a file whose upload is under way is not claimed. Returns how many are gone. Throws ServiceError `adapter_store_unavailable`;
 * the claim then stays, and a later sweep goes on with it.
 */
export async function sweepFiles({ database, objects, now }: AdapterManagement, count: number): Promise<number> {
  if (objects === undefined) return 0;
  const db = drizzle(database);
  const nowMs = now();
  const unnamed = sql`
    SELECT DISTINCT d.digest, ${nowMs} FROM adapter_versions d
    WHERE d.deleted_at < ${nowMs - graceMs} AND d.file_deleted_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM adapter_versions v WHERE v.digest = d.digest
        AND (v.deleted_at IS NULL OR v.deleted_at >= ${nowMs - graceMs}))
      AND NOT EXISTS (SELECT 1 FROM adapter_uploads u WHERE u.digest = d.digest AND u.state = 'completing')
      AND NOT EXISTS (SELECT 1 FROM adapter_deletions c WHERE c.digest = d.digest)
    LIMIT ${count}`;
  await askRegistry(db.run(sql`INSERT INTO adapter_deletions (digest, claimed_at) ${unnamed}`));
  const mine = sql`claimed_at = ${nowMs} OR claimed_at < ${nowMs - claimLifetimeMs}`;
  const claimed = await askRegistry(
    db.all<{ digest: string }>(sql`SELECT digest FROM adapter_deletions WHERE ${mine} LIMIT ${count}`),
  );
  for (const { digest } of claimed) {
    await deleteObject(objects.s3, adapterObjectKey(digest));
    const done = sql`UPDATE adapter_versions SET file_deleted_at = ${nowMs}
      WHERE digest = ${digest} AND deleted_at IS NOT NULL AND file_deleted_at IS NULL`;
    await askRegistry(db.run(done));
    await askRegistry(db.run(sql`DELETE FROM adapter_deletions WHERE digest = ${digest}`));
  }
  return claimed.length;
}

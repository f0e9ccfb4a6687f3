import type { D1Database } from '@cloudflare/workers-types';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { askRegistry } from '#edge/adapters/ask-registry.ts';
import { currentAliases } from '#edge/adapters/current-aliases.ts';

export interface VersionsToDelete {
  readonly tenantId: string;
  readonly name: string;
  /** undefined: all of them. */
  readonly version: number | undefined;
  readonly baseModel: string;
  readonly nowMs: number;
}

/**
 * Deletes one version or all of a name, unless an alias points at one of them: then none. One statement, so that an alias that moves at the
 * same moment is either seen or finds nothing to point at. Returns the numbers that are gone now; empty: an alias, or nothing there.
 * Throws ServiceError `adapter_store_unavailable`.
 */
export async function deleteVersions(database: D1Database, wanted: VersionsToDelete): Promise<number[]> {
  const { tenantId, name, version, baseModel, nowMs } = wanted;
  const one = version === undefined ? sql`` : sql`AND version = ${version}`;
  const statement = sql`
    UPDATE adapter_versions SET deleted_at = ${nowMs}
    WHERE tenant_id = ${tenantId} AND name = ${name} AND base_model = ${baseModel} AND deleted_at IS NULL ${one}
      AND NOT EXISTS (
        SELECT 1 FROM ${currentAliases} a JOIN adapter_versions v
          ON v.tenant_id = a.tenant_id AND v.name = a.name AND v.version = a.version
        WHERE a.tenant_id = ${tenantId} AND a.name = ${name} AND v.base_model = ${baseModel}
          ${version === undefined ? sql`` : sql`AND a.version = ${version}`}
      )
    RETURNING version`;
  const rows = await askRegistry(drizzle(database).all<{ version: number }>(statement));
  return rows.map((row) => row.version);
}

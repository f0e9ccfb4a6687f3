import type { D1Database } from '@cloudflare/workers-types';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { askRegistry } from '#edge/adapters/ask-registry.ts';
import { currentAliases } from '#edge/adapters/current-aliases.ts';

export interface AliasOfTenant {
  readonly tenantId: string;
  readonly name: string;
  readonly alias: string;
  readonly baseModel: string;
  readonly nowMs: number;
}

/**
 * Points the alias at a version that exists; it stays where it is if it points there already. One statement: it never points at a version
 * that is deleted at the same moment. Throws ServiceError `adapter_store_unavailable`.
 */
export async function moveAlias(
  database: D1Database,
  wanted: AliasOfTenant & { readonly version: number },
): Promise<void> {
  const { tenantId, name, alias, version, baseModel, nowMs } = wanted;
  const statement = sql`
    INSERT INTO adapter_alias_moves (tenant_id, name, alias, sequence, version, moved_at)
    SELECT ${tenantId}, ${name}, ${alias}, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM adapter_alias_moves
      WHERE tenant_id = ${tenantId} AND name = ${name} AND alias = ${alias}), ${version}, ${nowMs}
    WHERE EXISTS (SELECT 1 FROM adapter_versions WHERE tenant_id = ${tenantId} AND name = ${name}
        AND version = ${version} AND base_model = ${baseModel} AND deleted_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM ${currentAliases} a
        WHERE a.tenant_id = ${tenantId} AND a.name = ${name} AND a.alias = ${alias} AND a.version = ${version})`;
  await askRegistry(drizzle(database).run(statement));
}

/**
 * Undoes moves back to the newest other version that still exists. `false`: there is none. `from`: only if the alias points there, so that a
 * repeated call does not go back twice. Throws ServiceError `adapter_store_unavailable`.
 */
export async function rollBackAlias(
  database: D1Database,
  { tenantId, name, alias, baseModel, nowMs, from }: AliasOfTenant & { readonly from: number },
): Promise<boolean> {
  const ofAlias = sql`tenant_id = ${tenantId} AND name = ${name} AND alias = ${alias} AND undone_at IS NULL`;
  const target = sql`SELECT MAX(sequence) FROM adapter_alias_moves p WHERE ${ofAlias} AND p.version <> ${from}
    AND EXISTS (SELECT 1 FROM adapter_versions v WHERE v.tenant_id = p.tenant_id AND v.name = p.name
      AND v.version = p.version AND v.base_model = ${baseModel} AND v.deleted_at IS NULL)`;
  const statement = sql`
    UPDATE adapter_alias_moves SET undone_at = ${nowMs}
    WHERE ${ofAlias} AND sequence > (${target}) AND EXISTS (SELECT 1 FROM ${currentAliases} a
      WHERE a.tenant_id = ${tenantId} AND a.name = ${name} AND a.alias = ${alias} AND a.version = ${from})
    RETURNING sequence`;
  return (await askRegistry(drizzle(database).all(statement))).length > 0;
}

/** Takes the alias away, with its history. `false`: there was none. Throws ServiceError `adapter_store_unavailable`. */
export async function removeAlias(
  database: D1Database,
  { tenantId, name, alias, nowMs }: Omit<AliasOfTenant, 'baseModel'>,
): Promise<boolean> {
  const statement = sql`UPDATE adapter_alias_moves SET undone_at = ${nowMs}
    WHERE tenant_id = ${tenantId} AND name = ${name} AND alias = ${alias} AND undone_at IS NULL RETURNING sequence`;
  return (await askRegistry(drizzle(database).all(statement))).length > 0;
}

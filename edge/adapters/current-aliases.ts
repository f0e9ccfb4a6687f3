import { sql } from 'drizzle-orm';

/**
 * Rows (tenant_id, name, alias, version, previous_version, moved_at), one for each alias: its last move that is not undone, and the newest
 * other version that it pointed at before and that still exists. A subquery for statements; `m` and `p` are its own names.
 */
export const currentAliases = sql`(
  SELECT m.tenant_id, m.name, m.alias, m.version, m.moved_at, (
    SELECT p.version FROM adapter_alias_moves p
    JOIN adapter_versions v ON v.tenant_id = p.tenant_id AND v.name = p.name AND v.version = p.version
    WHERE p.tenant_id = m.tenant_id AND p.name = m.name AND p.alias = m.alias
      AND p.undone_at IS NULL AND p.sequence < m.sequence AND p.version <> m.version AND v.deleted_at IS NULL
    ORDER BY p.sequence DESC LIMIT 1
  ) AS previous_version
  FROM adapter_alias_moves m
  WHERE m.undone_at IS NULL AND m.sequence = (
    SELECT MAX(sequence) FROM adapter_alias_moves
    WHERE tenant_id = m.tenant_id AND name = m.name AND alias = m.alias AND undone_at IS NULL
  )
)`;

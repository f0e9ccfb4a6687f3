import type { ApiKeyRow } from '#shared/api-keys/api-key-row.ts';
import { sqlLiteral, sqlRow } from '#shared/sql/sql-row.ts';

/** One adapter version to register; columns of `adapter_versions`. */
export interface AdapterRow {
  readonly tenant_id: string;
  readonly name: string;
  /** SHA-256 of the adapter file, hex. */
  readonly digest: string;
  readonly base_model: string;
  readonly template: string;
  readonly bytes: number;
  readonly created_at: number;
}

/** Inserts the key's row, or gives the row of that id the new key and scopes: a checkout whose secrets were deleted, or whose code knows more scopes, gets them. */
export function apiKeyStatement(row: ApiKeyRow): string {
  const { columns, values } = sqlRow({ ...row });
  return `INSERT INTO api_keys (${columns}) VALUES (${values}) ON CONFLICT(id) DO UPDATE SET hash = excluded.hash, pepper_id = excluded.pepper_id, scopes = excluded.scopes;`;
}

/** Registers the adapter as the newest version of its name, unless one with this digest is there: versions never change. */
export function adapterStatement(row: AdapterRow): string {
  const { columns, values } = sqlRow({ ...row });
  const sameName = `tenant_id = ${sqlLiteral(row.tenant_id)} AND name = ${sqlLiteral(row.name)}`;
  const next = `(SELECT COALESCE(MAX(version), 0) + 1 FROM adapter_versions WHERE ${sameName})`;
  const known = `SELECT 1 FROM adapter_versions WHERE ${sameName} AND digest = ${sqlLiteral(row.digest)}`;
  return `INSERT INTO adapter_versions (${columns}, version) SELECT ${values}, ${next} WHERE NOT EXISTS (${known});`;
}

import type { ApiKeyRow } from '#shared/api-keys/api-key-row.ts';

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
  const { columns, values } = insertParts({ ...row });
  return `INSERT INTO api_keys (${columns}) VALUES (${values}) ON CONFLICT(id) DO UPDATE SET hash = excluded.hash, scopes = excluded.scopes;`;
}

/** Registers the adapter as the newest version of its name, unless one with this digest is there: versions never change. */
export function adapterStatement(row: AdapterRow): string {
  const { columns, values } = insertParts({ ...row });
  const sameName = `tenant_id = ${literal(row.tenant_id)} AND name = ${literal(row.name)}`;
  const next = `(SELECT COALESCE(MAX(version), 0) + 1 FROM adapter_versions WHERE ${sameName})`;
  const known = `SELECT 1 FROM adapter_versions WHERE ${sameName} AND digest = ${literal(row.digest)}`;
  return `INSERT INTO adapter_versions (${columns}, version) SELECT ${values}, ${next} WHERE NOT EXISTS (${known});`;
}

function insertParts(row: Readonly<Record<string, string | number | null>>) {
  return { columns: Object.keys(row).join(', '), values: Object.values(row).map(literal).join(', ') };
}

/** wrangler takes statements without parameters, so texts are quoted as SQLite's grammar has it. */
function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (value.includes('\0')) throw new Error('a NUL character cannot be written into a statement');
  return `'${value.replaceAll("'", "''")}'`;
}

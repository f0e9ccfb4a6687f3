import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyDatabase } from '#cli/keys/key-database.ts';
import type { KeyTerms } from '#cli/keys/key-flags.ts';
import { createApiKey } from '#shared/api-keys/api-key.ts';
import { createApiKeyId } from '#shared/api-keys/api-key-id.ts';
import { createApiKeyRow } from '#shared/api-keys/api-key-row.ts';
import type { CreatedKeyResponse } from '#shared/protocol/key-response.ts';
import { sqlRow } from '#shared/sql/sql-row.ts';

/** Writes a new key's row straight into a database, as whoever may write there can: the first key of a tenant. */
export async function insertKey(
  database: KeyDatabase,
  tenantId: string,
  terms: KeyTerms,
  nowMs: number,
): Promise<CreatedKeyResponse> {
  const random = (count: number) => new Uint8Array(randomBytes(count));
  const key = createApiKey(random);
  const id = createApiKeyId(random);
  const row = await createApiKeyRow({
    ...terms,
    key,
    pepper: database.peppers.current,
    id,
    tenantId,
    createdAtMs: nowMs,
  });
  const { columns, values } = sqlRow({ ...row });
  // The file holds the key's hash only. A statement on the command line would be longer than some systems allow, and need a shell's quotes.
  const folder = await mkdtemp(join(tmpdir(), 'hintrank-key-'));
  try {
    const file = join(folder, 'insert.sql');
    await writeFile(file, `INSERT INTO api_keys (${columns}) VALUES (${values});\n`, { mode: 0o600 });
    await database.execute(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    object: 'api_key',
    id,
    name: terms.name,
    tenant: tenantId,
    scopes: [...new Set(terms.scopes)],
    status: 'active',
    created_at: new Date(nowMs).toISOString(),
    expires_at: terms.expiresAtMs === undefined ? null : new Date(terms.expiresAtMs).toISOString(),
    revoked_at: null,
    requests_per_minute: terms.requestsPerMinute ?? null,
    tokens_per_day: terms.tokensPerDay ?? null,
    replaces: null,
    key,
  };
}

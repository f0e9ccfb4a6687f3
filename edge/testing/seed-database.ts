import { env } from 'cloudflare:workers';
import { testPepper } from '#edge/testing/test-secrets.ts';
import { createApiKey } from '#shared/api-keys/api-key.ts';
import { createApiKeyRow } from '#shared/api-keys/api-key-row.ts';
import type { ApiKeyScope } from '#shared/api-keys/api-key-scope.ts';

export interface KeyToSeed {
  readonly tenantId?: string;
  readonly scopes?: readonly ApiKeyScope[];
  readonly expiresAtMs?: number;
  readonly revokedAtMs?: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerDay?: number;
}

/** A new key that is not in the database. */
export function inventKey(): string {
  return createApiKey((count) => crypto.getRandomValues(new Uint8Array(count)));
}

/** Puts a new key into D1 and returns it. */
export async function seedKey({
  tenantId = 'acme',
  scopes = ['rerank'],
  expiresAtMs,
  revokedAtMs,
  requestsPerMinute,
  tokensPerDay,
}: KeyToSeed = {}): Promise<string> {
  const key = inventKey();
  const row = await createApiKeyRow({
    key,
    pepper: testPepper,
    id: `key_${crypto.randomUUID()}`,
    tenantId,
    name: 'test',
    scopes,
    createdAtMs: 0,
    expiresAtMs,
    requestsPerMinute,
    tokensPerDay,
  });
  await insert('api_keys', { ...row, revoked_at: revokedAtMs ?? null });
  return key;
}

/** Puts a version of an adapter into D1 and returns its digest. */
export async function seedAdapter(
  tenantId: string,
  name: string,
  version: number,
  baseModel = 'smollm2-135m-instruct',
): Promise<string> {
  const digest = crypto.randomUUID().replaceAll('-', '').repeat(2);
  const row = {
    tenant_id: tenantId,
    name,
    version,
    digest,
    base_model: baseModel,
    template: 'clean-1',
    bytes: 1,
    created_at: version * 1000,
  };
  await insert('adapter_versions', row);
  return digest;
}

async function insert(table: string, row: object): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join(', ');
  const statement = env.DB.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
  await statement.bind(...Object.values(row)).run();
}

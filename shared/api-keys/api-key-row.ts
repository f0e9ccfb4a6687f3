import type { ApiKeyScope } from '#shared/api-keys/api-key-scope.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';

/** Columns of one row of `api_keys`, by their names in the database: what an INSERT writes. Times are unix milliseconds. */
export interface ApiKeyRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  /** `hashApiKey` of the key. */
  readonly hash: string;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  /** null: the deployment's default. */
  readonly requests_per_minute: number | null;
  /** null: no quota. */
  readonly tokens_per_day: number | null;
  /** Id of the key that this one takes over from. */
  readonly replaces: string | null;
  /** `pepperId` of the pepper in `hash`. */
  readonly pepper_id: string;
}

export interface ApiKeyToStore {
  readonly key: string;
  readonly pepper: string;
  /** Identity of the row, shown in lists and logs: `key_…`, never a part of the key. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAtMs: number;
  readonly expiresAtMs?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerDay?: number | undefined;
  readonly replaces?: string | undefined;
}

/** The row that makes `key` valid; the key itself is not in it. */
export async function createApiKeyRow(input: ApiKeyToStore): Promise<ApiKeyRow> {
  return {
    id: input.id,
    tenant_id: input.tenantId,
    name: input.name,
    hash: await hashApiKey(input.pepper, input.key),
    scopes: input.scopes.join(' '),
    created_at: input.createdAtMs,
    expires_at: input.expiresAtMs ?? null,
    revoked_at: null,
    requests_per_minute: input.requestsPerMinute ?? null,
    tokens_per_day: input.tokensPerDay ?? null,
    replaces: input.replaces ?? null,
    pepper_id: await pepperId(input.pepper),
  };
}

import type { apiKeys } from '#edge/database/schema.ts';
import { apiKeyScopes } from '#shared/api-keys/api-key-scope.ts';
import type { KeyResponse } from '#shared/protocol/key-response.ts';

/** A whole row of `api_keys`. */
export type KeyDetails = typeof apiKeys.$inferSelect;

export type KeyStatus = KeyResponse['status'];

/** Whether the key is let in at this time; a revoked one stays revoked past its expiry. */
export function keyStatus({ revokedAtMs, expiresAtMs }: KeyTimes, nowMs: number): KeyStatus {
  if (revokedAtMs !== null && revokedAtMs <= nowMs) return 'revoked';
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'active';
}

interface KeyTimes {
  readonly revokedAtMs: number | null;
  readonly expiresAtMs: number | null;
}

/** The row as callers see it: never its hash. Scopes that this version does not know are left out. */
export function describeKey(row: KeyDetails, nowMs: number): KeyResponse {
  const granted = row.scopes.split(' ');
  return {
    object: 'api_key',
    id: row.id,
    name: row.name,
    tenant: row.tenantId,
    scopes: apiKeyScopes.filter((scope) => granted.includes(scope)),
    status: keyStatus(row, nowMs),
    created_at: isoTime(row.createdAtMs),
    expires_at: row.expiresAtMs === null ? null : isoTime(row.expiresAtMs),
    revoked_at: row.revokedAtMs === null ? null : isoTime(row.revokedAtMs),
    requests_per_minute: row.requestsPerMinute,
    tokens_per_day: row.tokensPerDay,
    replaces: row.replaces,
  };
}

function isoTime(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

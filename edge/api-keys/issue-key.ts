import type { KeyDetails } from '#edge/api-keys/key-details.ts';
import { createApiKey } from '#shared/api-keys/api-key.ts';
import { createApiKeyId } from '#shared/api-keys/api-key-id.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';

export interface KeyIssuer {
  readonly pepper: string;
  readonly randomBytes: (count: number) => Uint8Array;
}

export interface IssuedKey {
  /** The key itself, for its owner's eyes. */
  readonly key: string;
  readonly row: KeyDetails;
}

/** A new key and the row that makes it valid. */
export async function issueKey(
  { pepper, randomBytes }: KeyIssuer,
  terms: Omit<KeyDetails, 'id' | 'hash' | 'revokedAtMs'>,
): Promise<IssuedKey> {
  const key = createApiKey(randomBytes);
  const hash = await hashApiKey(pepper, key);
  return { key, row: { ...terms, id: createApiKeyId(randomBytes), hash, revokedAtMs: null } };
}

import type { KeyDetails } from '#edge/api-keys/key-details.ts';
import { createApiKey } from '#shared/api-keys/api-key.ts';
import { createApiKeyId } from '#shared/api-keys/api-key-id.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';

export interface KeyIssuer {
  /** The one that new hashes are made with. */
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
  terms: Omit<KeyDetails, 'id' | 'hash' | 'pepperId' | 'revokedAtMs'>,
): Promise<IssuedKey> {
  const key = createApiKey(randomBytes);
  const hash = await hashApiKey(pepper, key);
  const id = createApiKeyId(randomBytes);
  return { key, row: { ...terms, id, hash, pepperId: await pepperId(pepper), revokedAtMs: null } };
}

import { encodeBase32 } from '#shared/api-keys/base32.ts';

/** 80 random bits, 16 digits: unique, and no part of the key. */
const idRandomBytes = 10;

/** A new identity for a key's row, which lists and logs may show: `key_` and 16 digits. `randomBytes` is asked once. */
export function createApiKeyId(randomBytes: (count: number) => Uint8Array): string {
  return `key_${encodeBase32(randomBytes(idRandomBytes))}`;
}

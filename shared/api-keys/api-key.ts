import { base32Alphabet, encodeBase32 } from '#shared/api-keys/base32.ts';
import { crc32 } from '#shared/api-keys/crc32.ts';

/** Secret scanners and people recognise a key by it. */
const apiKeyPrefix = 'hr_';

/** 160 random bits: nobody guesses one, and they fill 32 base-32 digits exactly. */
export const apiKeyRandomBytes = 20;

const secretDigits = 32;
const checksumDigits = 7;
const pattern = new RegExp(`^${apiKeyPrefix}[${base32Alphabet}]{${secretDigits + checksumDigits}}$`);

/**
 * A new key: `hr_`, 32 digits of randomness, 7 digits of CRC-32 over what is before them. The checksum lets a mistyped or cut key be
 * refused without reading the database; it adds no secrecy.
 * `randomBytes(n)` must be cryptographic; it is asked for 20 bytes once.
 */
export function createApiKey(randomBytes: (count: number) => Uint8Array): string {
  const bytes = randomBytes(apiKeyRandomBytes);
  if (bytes.length !== apiKeyRandomBytes) {
    throw new Error(`an API key needs ${apiKeyRandomBytes} random bytes, got ${bytes.length}`);
  }
  const body = apiKeyPrefix + encodeBase32(bytes);
  return body + checksumOf(body);
}

/** Whether the text can be a key at all: prefix, alphabet, length and checksum. */
export function isWellFormedApiKey(text: string): boolean {
  if (!pattern.test(text)) return false;
  const body = text.slice(0, -checksumDigits);
  return text === body + checksumOf(body);
}

function checksumOf(body: string): string {
  const checksum = new Uint8Array(4);
  new DataView(checksum.buffer).setUint32(0, crc32(new TextEncoder().encode(body)));
  return encodeBase32(checksum);
}

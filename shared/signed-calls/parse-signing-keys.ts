import { base64url } from 'jose';
import { signingKeyBytesMin } from '#shared/signed-calls/signed-call-claims.ts';

/**
 * Signing keys from a setting: base64url, separated by commas. The first one signs, all of them verify. Both sides sign, so a key is rotated in four
 * steps: the workers get `old,new`, the edge `new,old`, the workers `new`, the edge `new`. Throws an Error that names the key's place, never its value.
 */
export function parseSigningKeys(text: string): Uint8Array[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.map((part, index) => {
    const key = decodeKey(part, index);
    if (key.length < signingKeyBytesMin) {
      throw new Error(
        `signing key ${index + 1} of ${parts.length} has ${key.length} bytes; at least ${signingKeyBytesMin} are needed`,
      );
    }
    return key;
  });
}

function decodeKey(part: string, index: number): Uint8Array {
  try {
    return base64url.decode(part);
  } catch {
    throw new Error(`signing key ${index + 1} is not base64url`);
  }
}

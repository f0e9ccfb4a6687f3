/** Crockford's alphabet in lower case: no i, l, o or u, so that a key read aloud or from a screenshot is not mistaken. */
export const base32Alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

const bitsPerDigit = 5;

/** Five bits a digit, most significant first; the last digit is padded with zero bits. 20 bytes give 32 digits, 4 bytes give 7. */
export function encodeBase32(bytes: Uint8Array): string {
  let digits = '';
  let pending = 0;
  let pendingBits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    pendingBits += 8;
    while (pendingBits >= bitsPerDigit) {
      pendingBits -= bitsPerDigit;
      digits += base32Alphabet.charAt((pending >>> pendingBits) & 31);
    }
    pending &= (1 << pendingBits) - 1;
  }
  return pendingBits === 0 ? digits : digits + base32Alphabet.charAt((pending << (bitsPerDigit - pendingBits)) & 31);
}

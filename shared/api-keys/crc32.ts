/** The reflected polynomial of CRC-32 as in IEEE 802.3 (zip, png, Ethernet). */
const polynomial = 0xedb88320;

/** CRC-32 of the bytes, as an unsigned 32-bit number. Bit by bit: it runs over 35 bytes a request, a table would not pay. */
export function crc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}

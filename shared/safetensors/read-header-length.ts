import {
  defaultSafetensorsLimits,
  type SafetensorsLimits,
  safetensorsError,
} from '#shared/safetensors/safetensors-limits.ts';

/** Bytes of the little-endian unsigned 64-bit header length that every file starts with. */
export const headerLengthBytes = 8;

/**
 * Bytes of the JSON header (padding included), from the first 8 bytes of a file. The data section starts at 8 + this.
 * @throws ServiceError when the length passes the limit or the file
 */
export function readHeaderLength(bytes: Uint8Array, fileBytes: number, limits: SafetensorsLimits = {}): number {
  const headerBytesMax = limits.headerBytesMax ?? defaultSafetensorsLimits.headerBytesMax;
  if (bytes.byteLength < headerLengthBytes || fileBytes < headerLengthBytes) {
    const present = Math.min(bytes.byteLength, fileBytes);
    throw safetensorsError(limits, `the file has ${present} bytes, fewer than the 8 of the header length`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, headerLengthBytes).getBigUint64(0, true);
  if (length > BigInt(headerBytesMax)) {
    throw safetensorsError(limits, `the header length at offset 0 is ${length}, more than the limit ${headerBytesMax}`);
  }
  if (length > BigInt(fileBytes - headerLengthBytes)) {
    throw safetensorsError(
      limits,
      `the header length at offset 0 is ${length}, more than the ${fileBytes - headerLengthBytes} bytes that follow it`,
    );
  }
  if (length < 2n)
    throw safetensorsError(limits, `the header length at offset 0 is ${length}, fewer than the 2 of "{}"`);
  return Number(length);
}

import { halfToFloat } from '#shared/safetensors/half-float.ts';

/*
 * Blocks of 32 elements. d and m are halves; byte j of the quants holds element j in its low and element j + 16 in its high four bits; the fifth
 * bits, where there are any, are one uint32 with bit i for element i. Products are exact in double and rounded once on storing, as in float32.
 */

function halfAt(bytes: Uint8Array, at: number): number {
  return halfToFloat((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
}

function uint32At(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Q4_0 {d, quants[16]}: d · (q − 8). */
export function dequantiseQ4With0(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 18, to += 32) {
    const scale = halfAt(bytes, at);
    for (let index = 0; index < 16; index++) {
      const pair = bytes[at + 2 + index] as number;
      out[to + index] = scale * ((pair & 15) - 8);
      out[to + index + 16] = scale * ((pair >> 4) - 8);
    }
  }
}

/** Q4_1 {d, m, quants[16]}: d · q + m. */
export function dequantiseQ4With1(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 20, to += 32) {
    const scale = halfAt(bytes, at);
    const minimum = halfAt(bytes, at + 2);
    for (let index = 0; index < 16; index++) {
      const pair = bytes[at + 4 + index] as number;
      out[to + index] = scale * (pair & 15) + minimum;
      out[to + index + 16] = scale * (pair >> 4) + minimum;
    }
  }
}

/** Q5_0 {d, fifthBits, quants[16]}: d · (q − 16). */
export function dequantiseQ5With0(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 22, to += 32) {
    const scale = halfAt(bytes, at);
    const fifthBits = uint32At(bytes, at + 2);
    for (let index = 0; index < 16; index++) {
      const pair = bytes[at + 6 + index] as number;
      out[to + index] = scale * (((pair & 15) | (((fifthBits >>> index) & 1) << 4)) - 16);
      out[to + index + 16] = scale * (((pair >> 4) | (((fifthBits >>> (index + 16)) & 1) << 4)) - 16);
    }
  }
}

/** Q5_1 {d, m, fifthBits, quants[16]}: d · q + m. */
export function dequantiseQ5With1(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 24, to += 32) {
    const scale = halfAt(bytes, at);
    const minimum = halfAt(bytes, at + 2);
    const fifthBits = uint32At(bytes, at + 4);
    for (let index = 0; index < 16; index++) {
      const pair = bytes[at + 8 + index] as number;
      out[to + index] = scale * ((pair & 15) | (((fifthBits >>> index) & 1) << 4)) + minimum;
      out[to + index + 16] = scale * ((pair >> 4) | (((fifthBits >>> (index + 16)) & 1) << 4)) + minimum;
    }
  }
}

/** Q8_0 {d, int8 quants[32]}: d · q. */
export function dequantiseQ8With0(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 34, to += 32) {
    const scale = halfAt(bytes, at);
    for (let index = 0; index < 32; index++)
      out[to + index] = scale * (((bytes[at + 2 + index] as number) << 24) >> 24);
  }
}

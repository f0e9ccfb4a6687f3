import { halfToFloat } from '#shared/safetensors/half-float.ts';

/*
 * Super-blocks of 256 elements. Q4_K and Q5_K have eight sub-blocks of 32 with a 6-bit scale and minimum each; Q6_K has sixteen of 16 with an
 * int8 scale. Products are exact in double and rounded once on storing.
 */

function halfAt(bytes: Uint8Array, at: number): number {
  return halfToFloat((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
}

/** The 6-bit scale of sub-block 0 to 7 in the 12 packed bytes at `at`: the first four whole, the last four split into 4 + 2 bits. */
function subScale(bytes: Uint8Array, at: number, sub: number): number {
  if (sub < 4) return (bytes[at + sub] as number) & 63;
  return ((bytes[at + sub + 4] as number) & 15) | (((bytes[at + sub - 4] as number) >> 6) << 4);
}

/** The 6-bit minimum of sub-block 0 to 7, packed likewise. */
function subMinimum(bytes: Uint8Array, at: number, sub: number): number {
  if (sub < 4) return (bytes[at + sub + 4] as number) & 63;
  return ((bytes[at + sub + 4] as number) >> 4) | (((bytes[at + sub] as number) >> 6) << 4);
}

/** Q4_K {d, dmin, scales[12], quants[128]}: d · scale · q − dmin · minimum; 32 bytes hold sub-block 2c in their low and 2c + 1 in their high bits. */
export function dequantiseQ4K(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 144, to += 256) {
    const scaleOfScales = halfAt(bytes, at);
    const scaleOfMinima = halfAt(bytes, at + 2);
    for (let sub = 0; sub < 8; sub++) {
      const scale = scaleOfScales * subScale(bytes, at + 4, sub);
      const minimum = scaleOfMinima * subMinimum(bytes, at + 4, sub);
      const quants = at + 16 + (sub >> 1) * 32;
      const shift = (sub & 1) * 4;
      for (let index = 0; index < 32; index++) {
        out[to + sub * 32 + index] = scale * (((bytes[quants + index] as number) >> shift) & 15) - minimum;
      }
    }
  }
}

/** Q5_K {d, dmin, scales[12], fifthBits[32], quants[128]}: as Q4_K, with bit `sub` of fifthBits[index] on top. */
export function dequantiseQ5K(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 176, to += 256) {
    const scaleOfScales = halfAt(bytes, at);
    const scaleOfMinima = halfAt(bytes, at + 2);
    for (let sub = 0; sub < 8; sub++) {
      const scale = scaleOfScales * subScale(bytes, at + 4, sub);
      const minimum = scaleOfMinima * subMinimum(bytes, at + 4, sub);
      const quants = at + 48 + (sub >> 1) * 32;
      const shift = (sub & 1) * 4;
      for (let index = 0; index < 32; index++) {
        const fifth = ((bytes[at + 16 + index] as number) >> sub) & 1;
        out[to + sub * 32 + index] =
          scale * ((((bytes[quants + index] as number) >> shift) & 15) | (fifth << 4)) - minimum;
      }
    }
  }
}

/**
 * Q6_K {low[128], high[64], int8 scales[16], d}: d · scale · (q − 32). Each half of 128 elements is four runs of 32: run r takes the low or high four bits
 * of 32 `low` bytes (runs 0 and 2 the first 32, runs 1 and 3 the second) and two bits, at 2r, of the half's 32 `high` bytes.
 */
export function dequantiseQ6K(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let block = 0, at = 0, to = outStart; block < blocks; block++, at += 210, to += 256) {
    const scaleOfScales = halfAt(bytes, at + 208);
    for (let run = 0; run < 8; run++) {
      const half = run >> 2;
      const quarter = run & 3;
      const low = at + half * 64 + (quarter & 1) * 32;
      const high = at + 128 + half * 32;
      const lowShift = (quarter >> 1) * 4;
      const highShift = quarter * 2;
      for (let index = 0; index < 32; index++) {
        const scale = scaleOfScales * (((bytes[at + 192 + run * 2 + (index >> 4)] as number) << 24) >> 24);
        const quant =
          (((bytes[low + index] as number) >> lowShift) & 15) |
          ((((bytes[high + index] as number) >> highShift) & 3) << 4);
        out[to + run * 32 + index] = scale * (quant - 32);
      }
    }
  }
}

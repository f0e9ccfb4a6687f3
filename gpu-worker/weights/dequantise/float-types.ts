import { endianness } from 'node:os';
import { halfToFloat } from '#shared/safetensors/half-float.ts';

if (endianness() !== 'LE') throw new Error('weights are read on little-endian machines only');

/** Copied as bytes: the input need not be aligned. */
export function dequantiseF32(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  new Uint8Array(out.buffer, out.byteOffset + outStart * 4, blocks * 4).set(bytes.subarray(0, blocks * 4));
}

export function dequantiseF16(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  for (let index = 0; index < blocks; index++) {
    out[outStart + index] = halfToFloat((bytes[2 * index] as number) | ((bytes[2 * index + 1] as number) << 8));
  }
}

/** A bfloat16 is the upper half of a float32. */
export function dequantiseBf16(bytes: Uint8Array, blocks: number, out: Float32Array, outStart: number): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset + outStart * 4, blocks);
  for (let index = 0; index < blocks; index++) {
    bits[index] = ((bytes[2 * index] as number) << 16) | ((bytes[2 * index + 1] as number) << 24);
  }
}

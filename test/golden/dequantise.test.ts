import { describe, expect, it } from 'vitest';
import { dequantisers } from '#gpu-worker/weights/dequantise/dequantisers.ts';
import { ggufStorageTypes } from '#gpu-worker/weights/gguf-tensor-types.ts';
import { storageLayouts } from '#gpu-worker/weights/storage-layouts.ts';
import type { StorageType } from '#gpu-worker/weights/tensor-source.ts';
import { readGoldenJson } from '#test/golden/golden-folder.ts';

interface DequantisationCase {
  readonly type: StorageType;
  readonly ggml_type: number;
  readonly block_elements: number;
  readonly block_bytes: number;
  readonly elements: number;
  readonly bytes_hex: string;
  readonly values_f32_le_hex: string;
}

/** The golden README's tolerance for the types it does not call exact. */
const relativeTolerance = 1e-6;
const exactTypes: readonly StorageType[] = ['F16', 'BF16', 'Q8_0', 'Q4_0', 'Q5_0'];

const { cases } = readGoldenJson<{ cases: DequantisationCase[] }>('dequant.json');

function dequantised(golden: DequantisationCase): Float32Array {
  const out = new Float32Array(golden.elements);
  dequantisers[golden.type](Buffer.from(golden.bytes_hex, 'hex'), golden.elements / golden.block_elements, out, 0);
  return out;
}

function expected(golden: DequantisationCase): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(golden.values_f32_le_hex, 'hex')).buffer);
}

describe('dequantisation against the reference implementation', () => {
  it('has a golden case for every storage type but F32, which is copied', () => {
    const covered = cases.map((golden) => golden.type);
    expect(Object.keys(dequantisers).filter((type) => !covered.includes(type as StorageType))).toEqual(['F32']);
  });

  it.each(cases.map((golden) => [golden.type, golden] as const))(
    '%s has the block and the type id of the reference',
    (type, golden) => {
      expect(ggufStorageTypes.get(golden.ggml_type)).toBe(type);
      expect(storageLayouts[type]).toEqual({ elements: golden.block_elements, bytes: golden.block_bytes });
    },
  );

  it.each(cases.map((golden) => [golden.type, golden] as const))('%s gives the reference values', (type, golden) => {
    const actual = dequantised(golden);
    const wanted = expected(golden);
    if (exactTypes.includes(type)) {
      expect(Buffer.from(actual.buffer).toString('hex')).toBe(golden.values_f32_le_hex);
      return;
    }
    wanted.forEach((value, index) => {
      const difference = Math.abs((actual[index] ?? Number.NaN) - value);
      expect(difference, `${type} element ${index}: expected ${value}, got ${actual[index]}`).toBeLessThanOrEqual(
        relativeTolerance * Math.abs(value),
      );
    });
  });

  it.each(cases.map((golden) => [golden.type, golden] as const))(
    '%s reads and writes at any offset',
    (type, golden) => {
      const shifted = new Uint8Array(golden.bytes_hex.length / 2 + 1);
      shifted.set(Buffer.from(golden.bytes_hex, 'hex'), 1);
      const out = new Float32Array(golden.elements + 3).fill(7);
      dequantisers[type](shifted.subarray(1), golden.elements / golden.block_elements, out, 2);
      expect(out.slice(2, -1)).toEqual(dequantised(golden));
      expect([out[0], out[1], out.at(-1)]).toEqual([7, 7, 7]);
    },
  );
});

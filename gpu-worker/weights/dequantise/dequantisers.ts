import type { Dequantiser } from '#gpu-worker/weights/dequantise/dequantiser.ts';
import { dequantiseBf16, dequantiseF16, dequantiseF32 } from '#gpu-worker/weights/dequantise/float-types.ts';
import { dequantiseQ4K, dequantiseQ5K, dequantiseQ6K } from '#gpu-worker/weights/dequantise/k-quants.ts';
import {
  dequantiseQ4With0,
  dequantiseQ4With1,
  dequantiseQ5With0,
  dequantiseQ5With1,
  dequantiseQ8With0,
} from '#gpu-worker/weights/dequantise/legacy-quants.ts';
import type { StorageType } from '#gpu-worker/weights/tensor-source.ts';

/** Storage type → how its blocks (storage-layouts.ts) become float32. */
export const dequantisers: Readonly<Record<StorageType, Dequantiser>> = {
  F32: dequantiseF32,
  F16: dequantiseF16,
  BF16: dequantiseBf16,
  Q4_0: dequantiseQ4With0,
  Q4_1: dequantiseQ4With1,
  Q5_0: dequantiseQ5With0,
  Q5_1: dequantiseQ5With1,
  Q8_0: dequantiseQ8With0,
  Q4_K: dequantiseQ4K,
  Q5_K: dequantiseQ5K,
  Q6_K: dequantiseQ6K,
};

import type { StorageType } from '#gpu-worker/weights/tensor-source.ts';

/** How a storage type packs elements: `elements` of the innermost axis share `bytes` bytes. */
export interface BlockLayout {
  readonly elements: number;
  readonly bytes: number;
}

/** Storage type → block. Legacy quants pack 32 elements with a half scale (and half minimum), K quants 256 with 6- or 8-bit sub-scales. */
export const storageLayouts: Readonly<Record<StorageType, BlockLayout>> = {
  F32: { elements: 1, bytes: 4 },
  F16: { elements: 1, bytes: 2 },
  BF16: { elements: 1, bytes: 2 },
  Q4_0: { elements: 32, bytes: 18 },
  Q4_1: { elements: 32, bytes: 20 },
  Q5_0: { elements: 32, bytes: 22 },
  Q5_1: { elements: 32, bytes: 24 },
  Q8_0: { elements: 32, bytes: 34 },
  Q4_K: { elements: 256, bytes: 144 },
  Q5_K: { elements: 256, bytes: 176 },
  Q6_K: { elements: 256, bytes: 210 },
};

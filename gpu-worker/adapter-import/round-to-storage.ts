import type { StorageType } from '#gpu-worker/weights/tensor-source.ts';
import { floatToHalf, halfToFloat } from '#shared/safetensors/half-float.ts';

/**
 * What float32 values become when they are stored in a type and read back (to nearest, ties to even, as PyTorch casts): a frozen row that was
 * trained beside in half precision equals the base model's only so.
 */
export function roundToStorage(values: Float32Array, storage: StorageType): Float32Array {
  switch (storage) {
    case 'F16':
      return values.map((value) => halfToFloat(floatToHalf(value)));
    case 'BF16':
      return roundToBrainFloats(values);
    default:
      return values;
  }
}

/** A bfloat16 is the upper half of a float32. NaN would need care; the frozen table has none. */
function roundToBrainFloats(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.slice().buffer);
  for (let index = 0; index < bits.length; index += 1) {
    const value = bits[index] ?? 0;
    bits[index] = (value + 0x7fff + ((value >>> 16) & 1)) & 0xffff0000;
  }
  return new Float32Array(bits.buffer);
}

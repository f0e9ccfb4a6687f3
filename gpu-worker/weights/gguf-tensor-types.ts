import type { StorageType } from '#gpu-worker/weights/tensor-source.ts';

/** Tensor type ids of GGUF that are read; the rest of the list only names what is refused. */
export const ggufStorageTypes: ReadonlyMap<number, StorageType> = new Map([
  [0, 'F32'],
  [1, 'F16'],
  [2, 'Q4_0'],
  [3, 'Q4_1'],
  [6, 'Q5_0'],
  [7, 'Q5_1'],
  [8, 'Q8_0'],
  [12, 'Q4_K'],
  [13, 'Q5_K'],
  [14, 'Q6_K'],
  [30, 'BF16'],
]);

const refusedTypeNames: ReadonlyMap<number, string> = new Map([
  [9, 'Q8_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K'],
  [15, 'Q8_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [24, 'I8'],
  [25, 'I16'],
  [26, 'I32'],
  [27, 'I64'],
  [28, 'F64'],
  [29, 'IQ1_M'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
]);

/** A sentence on a tensor type that is not read, naming it where it is known, and listing what is. */
export function refusedTypeSentence(type: number): string {
  const name = refusedTypeNames.get(type);
  const supported = [...ggufStorageTypes.values()].join(', ');
  return `tensor type ${type}${name === undefined ? '' : ` (${name})`} is not supported; supported are ${supported}`;
}

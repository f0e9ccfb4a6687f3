import type { GraphBuilder, Value } from '#gpu-worker/onnx/graph-builder.ts';

/** Arithmetic of a frozen model: `fp32` is the reference, `int8` for CPUs, `fp16` for GPUs. */
export type Precision = 'fp32' | 'int8' | 'fp16';

/** A tensor in the converted weights file, addressed by byte offset. */
export interface StoredTensor {
  readonly type: 'float32' | 'float16' | 'int8';
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

/** What a converted weights file holds; stored beside it as JSON. Graphs are generated from it and never stored. */
export interface WeightManifest {
  readonly precision: Precision;
  /** File name of the weights, relative to the graphs beside it. */
  readonly file: string;
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** int8 layers whose input is quantised in two terms, 16 bits in all: the rounding error of the first is quantised again. */
  readonly twoTermInputs?: readonly string[];
}

/** Declares a stored tensor as an external initializer, once per graph. */
export function storedInitializer(builder: GraphBuilder, manifest: WeightManifest, name: string): Value {
  const tensor = manifest.tensors[name];
  if (tensor === undefined) throw new Error(`the converted weights "${manifest.file}" lack the tensor "${name}"`);
  return builder.initializer(name, tensor.type, tensor.shape, {
    kind: 'external',
    file: manifest.file,
    offset: tensor.offset,
    length: tensor.length,
  });
}

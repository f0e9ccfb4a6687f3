import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { linearSize, readBlocks } from '#gpu-worker/language-model/read-linear.ts';
import { storedLinearLayers, storedNorms } from '#gpu-worker/language-model/stored-linear-layers.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { WeightsFileWriter } from '#gpu-worker/language-model/weights-file-writer.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';
import { floatToHalf } from '#shared/safetensors/half-float.ts';

/** Writes the float32 weights file at `path` from a checkpoint, block by block: linear layers [out, in], norms [size]. */
export function convertToFp32(
  config: ModelConfig,
  source: TensorSource,
  path: string,
  fileName: string,
  onProgress: (fraction: number) => void = () => {},
): WeightManifest {
  const tensors = writeTensors(
    config,
    source,
    path,
    { type: 'float32', blocks: (names) => readBlocks(source, names) },
    onProgress,
  );
  return { precision: 'fp32', file: fileName, tensors };
}

/**
 * As `convertToFp32`, with the linear layers in float16, rounded to the nearest; norms stay float32, as the residual stream does.
 * @throws ServiceError `invalid_weights` naming a tensor with values beyond 65,504
 */
export function convertToFp16(
  config: ModelConfig,
  source: TensorSource,
  path: string,
  fileName: string,
  onProgress: (fraction: number) => void = () => {},
): WeightManifest {
  const tensors = writeTensors(
    config,
    source,
    path,
    { type: 'float16', blocks: (names) => halfBlocks(source, names) },
    onProgress,
  );
  return { precision: 'fp16', file: fileName, tensors };
}

interface LinearStorage {
  readonly type: 'float32' | 'float16';
  readonly blocks: (names: readonly string[]) => Iterable<Float32Array | Uint16Array>;
}

function writeTensors(
  config: ModelConfig,
  source: TensorSource,
  path: string,
  storage: LinearStorage,
  onProgress: (fraction: number) => void,
): WeightManifest['tensors'] {
  const writer = new WeightsFileWriter(path);
  try {
    const linears = storedLinearLayers(config);
    for (const norm of storedNorms(config)) {
      const weight = source.readRows(norm.weight);
      writer.write(`${norm.stored}.weight`, 'float32', [weight.length], [weight]);
    }
    for (const [index, linear] of linears.entries()) {
      const { outputs, inputs } = linearSize(source, linear);
      writer.write(`${linear.stored}.weight`, storage.type, [outputs, inputs], storage.blocks(linear.weights));
      if (linear.biases.length > 0) {
        writer.write(`${linear.stored}.bias`, storage.type, [outputs], storage.blocks(linear.biases));
      }
      onProgress((index + 1) / linears.length);
    }
  } finally {
    writer.close();
  }
  return writer.tensors;
}

/** The exponent of infinities and of what is not a number. */
const halfInfinity = 0x7c00;

function* halfBlocks(source: TensorSource, names: readonly string[]): Generator<Uint16Array> {
  for (const name of names) {
    for (const block of readBlocks(source, [name])) yield toHalves(block, name);
  }
}

function toHalves(values: Float32Array, name: string): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const half = floatToHalf(values[index] ?? 0);
    if ((half & halfInfinity) === halfInfinity)
      throw weightsFault(`tensor "${name}"`, null, 'it has values beyond the 65504 of float16; take fp32 or int8');
    halves[index] = half;
  }
  return halves;
}

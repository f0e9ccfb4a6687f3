import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedLinearLayers, storedNorms } from '#gpu-worker/language-model/stored-linear-layers.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { WeightsFileWriter } from '#gpu-worker/language-model/weights-file-writer.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** Rows that are in memory at a time: 1,024 × 4,096 float32 are 16 MB. */
const rowsPerBlock = 1_024;

/** Writes the float32 weights file at `path` from a checkpoint, block by block: linear layers [out, in], norms [size]. */
export function convertToFp32(
  config: ModelConfig,
  source: TensorSource,
  path: string,
  fileName: string,
  onProgress: (fraction: number) => void = () => {},
): WeightManifest {
  const writer = new WeightsFileWriter(path);
  try {
    const linears = storedLinearLayers(config);
    for (const norm of storedNorms(config)) {
      const weight = source.readRows(norm.weight);
      writer.write(`${norm.stored}.weight`, 'float32', [weight.length], [weight]);
    }
    for (const [index, linear] of linears.entries()) {
      const shapes = linear.weights.map((name) => shapeOf(source, name));
      const outputs = shapes.reduce((sum, [rows]) => sum + rows, 0);
      const inputs = shapes[0]?.[1] ?? 0;
      writer.write(`${linear.stored}.weight`, 'float32', [outputs, inputs], readBlocks(source, linear.weights));
      if (linear.biases.length > 0) {
        writer.write(`${linear.stored}.bias`, 'float32', [outputs], readBlocks(source, linear.biases));
      }
      onProgress((index + 1) / linears.length);
    }
  } finally {
    writer.close();
  }
  return { precision: 'fp32', file: fileName, tensors: writer.tensors };
}

/** [out, in] of a weight, [out, 1] of a bias. */
export function shapeOf(source: TensorSource, name: string): [number, number] {
  const info = source.tensors.get(name);
  if (info === undefined) throw new Error(`the checkpoint has no tensor "${name}"`);
  return [info.shape[0] ?? 0, info.shape[1] ?? 1];
}

/** The rows of several tensors one after the other, in blocks. */
export function* readBlocks(source: TensorSource, names: readonly string[]): Generator<Float32Array> {
  for (const name of names) {
    const [rows] = shapeOf(source, name);
    for (let start = 0; start < rows; start += rowsPerBlock) {
      yield source.readRows(name, start, Math.min(rows, start + rowsPerBlock));
    }
  }
}

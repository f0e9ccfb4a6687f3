import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { linearSize, readBlocks } from '#gpu-worker/language-model/read-linear.ts';
import { storedLinearLayers, storedNorms } from '#gpu-worker/language-model/stored-linear-layers.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { WeightsFileWriter } from '#gpu-worker/language-model/weights-file-writer.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

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
      const { outputs, inputs } = linearSize(source, linear);
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

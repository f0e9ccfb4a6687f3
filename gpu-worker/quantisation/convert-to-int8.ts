import { readBlocks, shapeOf } from '#gpu-worker/language-model/convert-to-fp32.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedLinearLayers, storedNorms } from '#gpu-worker/language-model/stored-linear-layers.ts';
import { siteName } from '#gpu-worker/language-model/tensor-names.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { WeightsFileWriter } from '#gpu-worker/language-model/weights-file-writer.ts';
import type { SmoothingPlan } from '#gpu-worker/quantisation/plan-smoothing.ts';
import { quantiseLinear } from '#gpu-worker/quantisation/quantise-linear.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** Writes the int8 weights file at `path`: linear layers int8 [in, out] with float32 scales [out], norms float32. One tensor is in memory at a time. */
export function convertToInt8(
  config: ModelConfig,
  source: TensorSource,
  plan: SmoothingPlan,
  path: string,
  fileName: string,
  onProgress: (fraction: number) => void = () => {},
): WeightManifest {
  const writer = new WeightsFileWriter(path);
  try {
    for (const norm of storedNorms(config)) {
      const divisor = norm.site === null ? undefined : plan.normDivisor.get(siteName(norm.site));
      const weight = divide(source.readRows(norm.weight), divisor);
      writer.write(`${norm.stored}.weight`, 'float32', [weight.length], [weight]);
    }
    const linears = storedLinearLayers(config);
    for (const [index, linear] of linears.entries()) {
      const shapes = linear.weights.map((name) => shapeOf(source, name));
      const outputs = shapes.reduce((sum, [rows]) => sum + rows, 0);
      const inputs = shapes[0]?.[1] ?? 0;
      const divisor = plan.outputDivisor.get(linear.stored);
      const quantised = quantiseLinear(
        readBlocks(source, linear.weights),
        outputs,
        inputs,
        plan.inputScale.get(linear.stored) ?? null,
        divisor ?? null,
      );
      writer.write(`${linear.stored}.weight`, 'int8', [inputs, outputs], [quantised.weight]);
      writer.write(`${linear.stored}.scale`, 'float32', [outputs], [quantised.scale]);
      if (linear.biases.length > 0) {
        const bias = concatenate([...readBlocks(source, linear.biases)], outputs);
        writer.write(`${linear.stored}.bias`, 'float32', [outputs], [divide(bias, divisor)]);
      }
      onProgress((index + 1) / linears.length);
    }
  } finally {
    writer.close();
  }
  return { precision: 'int8', file: fileName, tensors: writer.tensors };
}

function divide(values: Float32Array, divisor: Float32Array | undefined): Float32Array {
  return divisor === undefined ? values : values.map((value, index) => value / (divisor[index] ?? 1));
}

function concatenate(parts: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

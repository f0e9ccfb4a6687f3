import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { linearSize, readBlocks } from '#gpu-worker/language-model/read-linear.ts';
import { type StoredLinear, storedLinearLayers, storedNorms } from '#gpu-worker/language-model/stored-linear-layers.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { WeightsFileWriter } from '#gpu-worker/language-model/weights-file-writer.ts';
import { emptyQuantisedLinear, quantiseRowsInto } from '#gpu-worker/quantisation/quantise-linear.ts';
import { LinearRotation } from '#gpu-worker/quantisation/rotate-linear.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/**
 * Writes the int8 weights file at `path`: linear layers int8 [in, out] with float32 scales [out], rotated; norms float32 (ones, their weights are
 * folded); the rotation of the residual stream [D, D]. From the weights alone, without calibration data. One tensor is in memory at a time.
 * Inputs of `down` are quantised in two terms: the gated activations are heavy-tailed, and no rotation can be folded in front of them.
 */
export function convertToInt8(
  config: ModelConfig,
  source: TensorSource,
  path: string,
  fileName: string,
  onProgress: (fraction: number) => void = () => {},
): WeightManifest {
  const rotation = new LinearRotation(config);
  const linears = storedLinearLayers(config);
  const writer = new WeightsFileWriter(path);
  try {
    for (const norm of storedNorms(config)) {
      const weight = source.readRows(norm.weight);
      const stored = norm.perHead ? weight : new Float32Array(weight.length).fill(1);
      writer.write(`${norm.stored}.weight`, 'float32', [stored.length], [stored]);
    }
    const { hiddenSize } = config;
    writer.write(storedNames.rotation, 'float32', [hiddenSize, hiddenSize], [rotation.residual.matrix()]);
    for (const [index, linear] of linears.entries()) {
      writeLinear(writer, source, rotation, linear);
      onProgress((index + 1) / linears.length);
    }
  } finally {
    writer.close();
  }
  const twoTermInputs = linears.filter((linear) => linear.role === 'down').map((linear) => linear.stored);
  return { precision: 'int8', file: fileName, tensors: writer.tensors, twoTermInputs };
}

function writeLinear(
  writer: WeightsFileWriter,
  source: TensorSource,
  rotation: LinearRotation,
  linear: StoredLinear,
): void {
  const { stored, role } = linear;
  const { outputs, inputs } = linearSize(source, linear);
  const norm = linear.norm === null ? null : source.readRows(linear.norm);
  const quantised = emptyQuantisedLinear(outputs, inputs);
  let output = 0;
  for (const block of rotatedBlocks(source, rotation, linear, outputs, inputs, norm)) {
    quantiseRowsInto(quantised, output, block, inputs);
    output += block.length / inputs;
  }
  writer.write(`${stored}.weight`, 'int8', [inputs, outputs], [quantised.weight]);
  writer.write(`${stored}.scale`, 'float32', [outputs], [quantised.scale]);
  if (linear.biases.length > 0) {
    const bias = concatenate(readBlocks(source, linear.biases), outputs);
    rotation.rotateOutputs(role, bias, 1);
    writer.write(`${stored}.bias`, 'float32', [outputs], [bias]);
  }
}

/** Rotated rows: block by block (the head has as many rows as the vocabulary), or all at once where the rotation mixes rows. */
function* rotatedBlocks(
  source: TensorSource,
  rotation: LinearRotation,
  linear: StoredLinear,
  outputs: number,
  inputs: number,
  norm: Float32Array | null,
): Generator<Float32Array> {
  const { role } = linear;
  const blocks = readBlocks(source, linear.weights);
  const mixes = rotation.mixesOutputs(role);
  for (const block of mixes ? [concatenate(blocks, outputs * inputs)] : blocks) {
    // A reader may hand out a view of its own memory.
    const rows = mixes ? block : block.slice();
    rotation.rotateInputs(role, rows, inputs, norm);
    if (mixes) rotation.rotateOutputs(role, rows, inputs);
    yield rows;
  }
}

function concatenate(parts: Iterable<Float32Array>, length: number): Float32Array {
  const whole = new Float32Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

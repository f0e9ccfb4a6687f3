import { expectedTensors } from '#gpu-worker/language-model/expected-tensors.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedLinearLayers, storedNorms } from '#gpu-worker/language-model/stored-linear-layers.ts';
import { storedNames } from '#gpu-worker/language-model/tensor-names.ts';
import type { StoredTensor, WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { elementBytes } from '#gpu-worker/onnx/graph.ts';

/** Two layers with every switch on: the graph with the most nodes. */
export const everySwitchConfig: ModelConfig = {
  family: 'qwen3',
  layers: 2,
  hiddenSize: 8,
  queryHeads: 2,
  keyValueHeads: 1,
  headSize: 4,
  feedForwardSize: 12,
  vocabularySize: 16,
  contextLength: 32,
  rmsEpsilon: 1e-6,
  ropeTheta: 10_000,
  ropeScaling: null,
  tiedHead: false,
  queryKeyValueBias: true,
  attentionOutputBias: true,
  feedForwardBias: true,
  queryKeyNorm: true,
};

/** What a conversion of `config` would write, without the file: for tests of graphs that are not run. */
export function manifestOf(config: ModelConfig, precision: WeightManifest['precision']): WeightManifest {
  const shapes = expectedTensors(config);
  const tensors: Record<string, StoredTensor> = {};
  const add = (name: string, type: StoredTensor['type'], shape: readonly number[]) => {
    const length = shape.reduce((product, size) => product * size, elementBytes[type]);
    tensors[name] = { type, shape, offset: 0, length };
  };
  const floatType = precision === 'fp16' ? 'float16' : 'float32';
  for (const norm of storedNorms(config)) add(`${norm.stored}.weight`, 'float32', shapes.get(norm.weight) ?? []);
  for (const { stored, weights, biases } of storedLinearLayers(config)) {
    const outputs = weights.reduce((sum, name) => sum + (shapes.get(name)?.[0] ?? 0), 0);
    const inputs = shapes.get(weights[0] ?? '')?.[1] ?? 0;
    if (precision !== 'int8') add(`${stored}.weight`, floatType, [outputs, inputs]);
    else {
      add(`${stored}.weight`, 'int8', [inputs, outputs]);
      add(`${stored}.scale`, 'float32', [outputs]);
    }
    if (biases.length > 0) add(`${stored}.bias`, floatType, [outputs]);
  }
  if (precision === 'int8') add(storedNames.rotation, 'float32', [config.hiddenSize, config.hiddenSize]);
  return { precision, file: 'weights.bin', tensors, twoTermInputs: [storedNames.down(0)] };
}

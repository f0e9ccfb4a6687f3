import { expectedTensors } from '#gpu-worker/language-model/expected-tensors.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { storedLinearLayers } from '#gpu-worker/language-model/stored-linear-layers.ts';

/** Weights of all linear layers, the head among them: their bytes in int8, a quarter of those in float32. */
export function linearParameters(config: ModelConfig): number {
  const shapes = expectedTensors(config);
  const names = storedLinearLayers(config).flatMap(({ weights }) => weights);
  return names.reduce((sum, name) => sum + (shapes.get(name) ?? []).reduce((product, size) => product * size, 1), 0);
}

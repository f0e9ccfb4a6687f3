import type { SessionTensor } from '#gpu-worker/engine/model-session.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { KeyValueType } from '#gpu-worker/language-model/open-graph.ts';

/** Keys and values of `length` tokens: per layer key, value, each [1, G, length, h], float32 or the bits of float16. */
export interface KeyValues {
  readonly length: number;
  readonly tensors: readonly (Float32Array | Uint16Array)[];
}

export const noKeyValues: KeyValues = { length: 0, tensors: [] };

/** Adds the tensors to what a run is fed or gives, as `{path}.{layer}.key|value`, as they are: no copy is made of them. */
export function addKeyValues(
  feeds: Record<string, SessionTensor>,
  path: string,
  { length, tensors }: KeyValues,
  type: KeyValueType,
  { layers, keyValueHeads, headSize }: ModelConfig,
): void {
  const none = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
  for (let layer = 0; layer < layers; layer += 1) {
    for (const [index, part] of (['key', 'value'] as const).entries()) {
      const data = tensors[layer * 2 + index] ?? none;
      feeds[`${path}.${layer}.${part}`] = { type, shape: [1, keyValueHeads, length, headSize], data };
    }
  }
}

/** Room for those of `length` tokens, all in one stretch of memory. */
export function emptyKeyValues(
  length: number,
  type: KeyValueType,
  { layers, keyValueHeads, headSize }: ModelConfig,
): KeyValues {
  const size = keyValueHeads * length * headSize;
  const whole = type === 'float16' ? new Uint16Array(2 * layers * size) : new Float32Array(2 * layers * size);
  const tensors = Array.from({ length: 2 * layers }, (_, index) => whole.subarray(index * size, (index + 1) * size));
  return { length, tensors };
}

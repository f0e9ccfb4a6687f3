import { expectedTensors } from '#gpu-worker/language-model/expected-tensors.ts';
import { readModelConfig } from '#gpu-worker/language-model/read-model-config.ts';
import type { TensorToWrite } from '#shared/safetensors/write-safetensors.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { writeSmallCheckpoint } from '#test/support/small-checkpoint.ts';

/** config.json of a two-layer Llama with nothing switched on: hidden 48, 3 heads of 16, 1 key/value head, vocabulary 64. */
export const randomConfig = {
  model_type: 'llama',
  hidden_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  num_key_value_heads: 1,
  head_dim: 16,
  intermediate_size: 72,
  vocab_size: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  max_position_embeddings: 128,
  tie_word_embeddings: false,
} as const;

/**
 * Writes a Hugging Face folder of random weights: the same seed gives the same bytes. Projections have the scale of trained ones (variance
 * 1 / inputs), biases and norms differ from 0 and 1 clearly, so that leaving one out shows.
 */
export function writeRandomCheckpoint(folder: string, changes: object = {}, seed = 1): string {
  const json = { ...randomConfig, ...changes };
  const normal = seededNormal(seed);
  const tensors = [...expectedTensors(readModelConfig(folder, json))].map(([name, shape]): TensorToWrite => {
    const elements = shape.reduce((product, size) => product * size, 1);
    const [mean, deviation] = name.includes('norm.')
      ? [1, 0.3]
      : name.endsWith('.bias')
        ? [0, 0.3]
        : [0, name.includes('embed_tokens') ? 1 : 1 / Math.sqrt(shape[1] ?? 1)];
    return {
      name,
      dtype: 'F32',
      shape,
      data: Float32Array.from({ length: elements }, () => mean + deviation * normal()),
    };
  });
  return writeSmallCheckpoint(folder, json, tensors);
}

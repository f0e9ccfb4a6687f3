import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TensorToWrite, writeSafetensors } from '#shared/safetensors/write-safetensors.ts';

/** config.json of a one-layer Llama: hidden 8, 2 heads of 4, 1 key/value head, feed-forward 12, vocabulary 5, tied head. */
export const smallConfig = {
  model_type: 'llama',
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  intermediate_size: 12,
  vocab_size: 5,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 64,
  tie_word_embeddings: true,
} as const;

/** A float32 tensor whose element i is `start + i`. */
export function floatTensor(name: string, shape: readonly number[], start = 0): TensorToWrite {
  const elements = shape.reduce((product, size) => product * size, 1);
  return { name, dtype: 'F32', shape, data: Float32Array.from({ length: elements }, (_, index) => start + index) };
}

/** The tensors that `smallConfig` calls for. */
export const smallTensors: readonly TensorToWrite[] = [
  floatTensor('model.embed_tokens.weight', [5, 8]),
  floatTensor('model.norm.weight', [8]),
  floatTensor('model.layers.0.input_layernorm.weight', [8]),
  floatTensor('model.layers.0.post_attention_layernorm.weight', [8]),
  floatTensor('model.layers.0.self_attn.q_proj.weight', [8, 8]),
  floatTensor('model.layers.0.self_attn.k_proj.weight', [4, 8]),
  floatTensor('model.layers.0.self_attn.v_proj.weight', [4, 8]),
  floatTensor('model.layers.0.self_attn.o_proj.weight', [8, 8]),
  floatTensor('model.layers.0.mlp.gate_proj.weight', [12, 8]),
  floatTensor('model.layers.0.mlp.up_proj.weight', [12, 8]),
  floatTensor('model.layers.0.mlp.down_proj.weight', [8, 12]),
];

/** Writes a Hugging Face folder with one weights file. */
export function writeSmallCheckpoint(
  folder: string,
  config: object = smallConfig,
  tensors: readonly TensorToWrite[] = smallTensors,
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors));
  return folder;
}

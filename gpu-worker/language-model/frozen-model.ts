import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { Tokenizer } from '#gpu-worker/tokenizer/tokenizer.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** An opened checkpoint: a GGUF file or a Hugging Face folder, behind one face. Tensor names are Hugging Face's (`model.layers.0.self_attn.q_proj.weight`), Q/K in the split-halves rotary form. */
export interface FrozenModel {
  readonly config: ModelConfig;
  readonly source: TensorSource;
  /** null for a folder without a tokenizer (the tiny test models are scored by token ids). */
  readonly tokenizer: Tokenizer | null;
  /** SHA-256 hex over configuration and weights; identifies the base model of an adapter. */
  readonly fingerprint: string;
  /** Path as the user gave it, for messages. */
  readonly path: string;
  close(): void;
}

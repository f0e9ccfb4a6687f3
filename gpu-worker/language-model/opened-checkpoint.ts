import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { CheckpointSource } from '#gpu-worker/weights/checkpoint-source.ts';
import type { GgufMetadata } from '#gpu-worker/weights/gguf-value.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** A checkpoint of either kind, checked against its configuration. Closing `stored` closes all. */
export interface OpenedCheckpoint {
  readonly config: ModelConfig;
  /** Hugging Face names, split-halves rotary form. */
  readonly source: TensorSource;
  /** The tensors as the files have them, for the fingerprint. */
  readonly stored: CheckpointSource;
  /** Where a GGUF file keeps its tokenizer; null for a folder, which has a tokenizer.json. */
  readonly ggufMetadata: GgufMetadata | null;
}

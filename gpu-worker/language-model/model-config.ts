/**
 * The Llama family as data. Letters: L layers, D hidden, H query heads, G key/value heads, h head size, F feed-forward, V vocabulary.
 * Filled from `config.json` or from GGUF metadata; every switch that the graph builder reads is here.
 */
export interface ModelConfig {
  readonly family: 'llama' | 'mistral' | 'qwen2' | 'qwen3';
  readonly layers: number;
  readonly hiddenSize: number;
  readonly queryHeads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly rmsEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling | null;
  /** The output head is the embedding table. */
  readonly tiedHead: boolean;
  /** Biases on the q, k and v projections (Qwen2). */
  readonly queryKeyValueBias: boolean;
  /** Bias on the attention output projection (`attention_bias` of Llama). */
  readonly attentionOutputBias: boolean;
  /** Biases on gate, up and down (`mlp_bias` of Llama). */
  readonly feedForwardBias: boolean;
  /** RMS norm on each head's q and k before rotation (Qwen3). */
  readonly queryKeyNorm: boolean;
}

export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContextLength: number;
    };

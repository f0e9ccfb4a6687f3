import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';

/**
 * A parsed adapter: configuration and float32 tensors, independent of the model that it is for. Letters: D hidden size, V vocabulary
 * size, n rows. Matrices are row-major, [out, in]. `embedding` and `mlp` are null for `soft-prompt` only, `attention` for all but `attend`.
 */
export interface AdapterFile {
  readonly config: AdapterConfig;
  readonly hiddenSize: number;
  readonly embedding: AdapterEmbedding | null;
  readonly mlp: AdapterMlp | null;
  readonly attention: AdapterAttention | null;
  readonly softPrompt: AdapterSoftPrompt | null;
}

/** The trained embedding table E': whole, or only the rows that differ from the frozen table. */
export type AdapterEmbedding =
  | {
      readonly kind: 'rows';
      /** int32 [n], ascending, unique: the token ids. May be empty (an untrained adapter). */
      readonly rows: Int32Array;
      /** float32 [n, D]. */
      readonly values: Float32Array;
    }
  | {
      readonly kind: 'table';
      /** float32 [V, D]. */
      readonly values: Float32Array;
    };

/** MLP(x) = second · ReLU(first · x + firstBias) + secondBias. */
export interface AdapterMlp {
  /** float32 [D, D]. */
  readonly firstWeight: Float32Array;
  /** float32 [D]. */
  readonly firstBias: Float32Array;
  /** float32 [D, D]. */
  readonly secondWeight: Float32Array;
  /** float32 [D]. */
  readonly secondBias: Float32Array;
}

/** Multi-head attention as PyTorch packs it: query, key and value projections below each other. */
export interface AdapterAttention {
  /** float32 [3D, D]. */
  readonly inProjectionWeight: Float32Array;
  /** float32 [3D]. */
  readonly inProjectionBias: Float32Array;
  /** float32 [D, D]. */
  readonly outProjectionWeight: Float32Array;
  /** float32 [D]. */
  readonly outProjectionBias: Float32Array;
}

/** Trained embeddings that replace those of the template's instruction. */
interface AdapterSoftPrompt {
  readonly count: number;
  /** float32 [count, D]. */
  readonly values: Float32Array;
}

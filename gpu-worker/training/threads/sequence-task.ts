import type { SequencePart } from '#gpu-worker/q-peft/layout-pair.ts';

/** One (query, document) sequence of a training step or of a dev evaluation. */
export interface SequenceTask {
  /** Names the prefix: the same key always stands for the same ids. Empty with an empty prefix (soft prompts, hints in the prefix). */
  readonly prefixKey: string;
  /** Token ids whose keys and values depend on the frozen model alone; computed once and kept. */
  readonly prefixIds: readonly number[];
  /** Which store keeps the prefix: dev queries come round at every look, training documents once an epoch, so neither pushes the other out. */
  readonly cache: 'train' | 'dev';
  /** The rest of the input sequence; its last rows predict the targets. */
  readonly suffix: readonly SequencePart[];
  readonly targetIds: readonly number[];
  /** Rows of the suffix whose gradient is asked for; null: forward only. */
  readonly gradientRows: { readonly start: number; readonly length: number } | null;
}

export interface SequenceResult {
  /** Mean −log p of the targets, nats per token. */
  readonly meanNegativeLogLikelihood: number;
  /** d(mean NLL)/d(the rows that were asked for): float32 [length, D]; null for forward only. */
  readonly gradient: Float32Array | null;
}

/** What a training thread is started with. */
export interface TrainingThreadOptions {
  readonly modelPath: string;
  readonly forwardGraphPath: string;
  readonly gradientGraphPath: string;
  /** Bytes of keys and values that the thread keeps, in fp16. */
  readonly prefixBytesMax: number;
}

/** Rows of a sequence part. */
export function rowsOf(part: SequencePart, width: number): number {
  return 'ids' in part ? part.ids.length : part.rows.length / width;
}

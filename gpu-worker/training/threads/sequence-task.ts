import type { SequencePart } from '#gpu-worker/q-peft/layout-pair.ts';

import type { LanguageModelGraphs } from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import type { GradientGraph } from '#gpu-worker/training/gradients/language-model-gradient.ts';

/** One (query, document) sequence of a training step or of a dev evaluation. */
export interface SequenceTask {
  /** Token ids whose keys and values depend on the frozen model alone; computed once and kept. Empty for soft prompts and hints in the prefix. */
  readonly prefixIds: readonly number[];
  /** The rest of the input sequence; its last rows predict the targets. */
  readonly suffix: readonly SequencePart[];
  readonly targetIds: readonly number[];
  /** Rows of the suffix whose gradient is asked for; null: forward only. */
  readonly gradientRows: { readonly start: number; readonly length: number } | null;
}

/** Sequences that go through the model in one run. */
export interface SequenceGroup {
  readonly tasks: readonly SequenceTask[];
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
  readonly graphs: LanguageModelGraphs;
  readonly gradientGraph: GradientGraph;
  /** Where keys and values of prefixes are kept, for this model alone. */
  readonly prefixFolder: string;
  /** Bytes that the thread may add there. */
  readonly prefixBytesMax: number;
}

/** Rows of a sequence part. */
export function rowsOf(part: SequencePart, width: number): number {
  return 'ids' in part ? part.ids.length : part.rows.length / width;
}

import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

/** The tensors that a foreign checkpoint gives an adapter. */
export interface ImportedTensors {
  readonly kind: 'authors' | 'peft-prompt-tuning';
  readonly method: AdapterConfig['method'];
  readonly tensors: Pick<AdapterFile, 'embedding' | 'mlp' | 'attention' | 'softPrompt'>;
  /** Sentences for whoever imports: what was left out, and what looks odd. */
  readonly notes: readonly string[];
}

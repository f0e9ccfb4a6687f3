import type { PortableError } from '#gpu-worker/scoring/threads/thread-messages.ts';
import type { AdapterDetails } from '#shared/protocol/adapter-details.ts';

/** What the thread that checks one file is started with. */
export interface AdapterCheckOptions {
  /** Moved to the thread, not copied. */
  readonly file: ArrayBuffer;
  /** The base model: a GGUF file or a folder; its sizes are read, no weight is. */
  readonly modelPath: string;
  /** SHA-256 hex. */
  readonly modelFingerprint: string;
  readonly tokenizerFingerprint: string | null;
}

export type AdapterCheckMessage =
  | { readonly kind: 'valid'; readonly details: AdapterDetails }
  | { readonly kind: 'refused'; readonly error: PortableError };

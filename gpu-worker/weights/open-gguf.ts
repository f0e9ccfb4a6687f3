import { type ByteSource, openByteSource } from '#gpu-worker/weights/byte-source.ts';
import { type CheckpointSource, checkpointSource } from '#gpu-worker/weights/checkpoint-source.ts';
import type { GgufMetadata } from '#gpu-worker/weights/gguf-value.ts';
import { parseGguf } from '#gpu-worker/weights/parse-gguf.ts';

/** An open GGUF file under its own tensor names. */
export interface GgufFile extends CheckpointSource {
  readonly metadata: GgufMetadata;
  /** The file, for messages. */
  readonly label: string;
}

/**
 * Opens a GGUF file: its header is in memory afterwards, its weights are not.
 * @throws ServiceError `invalid_weights` naming the part or tensor, the byte offset, the value and the limit
 */
export function openGguf(path: string): GgufFile {
  const source = openByteSource(path);
  try {
    return ggufFileOf(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** A GGUF file over any byte source; closing it closes the source. */
export function ggufFileOf(source: ByteSource): GgufFile {
  const { metadata, tensors } = parseGguf(source);
  return { ...checkpointSource(source.label, [{ bytes: source, tensors }]), metadata, label: source.label };
}

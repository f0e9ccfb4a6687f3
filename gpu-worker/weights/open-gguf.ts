import { type ByteSource, openByteSource } from '#gpu-worker/weights/byte-source.ts';
import type { GgufMetadata } from '#gpu-worker/weights/gguf-value.ts';
import { parseGguf } from '#gpu-worker/weights/parse-gguf.ts';
import { readTensorRows, type StoredTensor } from '#gpu-worker/weights/read-tensor-rows.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** An open GGUF file under its own tensor names. */
export interface GgufFile extends TensorSource {
  readonly metadata: GgufMetadata;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** The file's bytes, for digests. */
  readonly bytes: ByteSource;
  /** Bytes before the data section. */
  readonly dataOffset: number;
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
  const { metadata, tensors, dataOffset } = parseGguf(source);
  return {
    metadata,
    tensors,
    dataOffset,
    bytes: source,
    readRows(name, start = 0, end) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw weightsFault(source.label, null, `there is no tensor "${name}"`);
      return readTensorRows(source, tensor, start, end ?? tensor.shape[0] ?? 0);
    },
    close: () => source.close(),
  };
}

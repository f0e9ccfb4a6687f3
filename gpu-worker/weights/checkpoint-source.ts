import type { ByteSource } from '#gpu-worker/weights/byte-source.ts';
import { type PlacedTensor, readTensorRows } from '#gpu-worker/weights/read-tensor-rows.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Stored bytes given out at a time. */
const pieceBytes = 4 << 20;

/** One file of a checkpoint and where in it the tensors are. */
export interface WeightsFile {
  readonly bytes: ByteSource;
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
}

/** The tensors of one or more files under their stored names. */
export interface CheckpointSource extends TensorSource {
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
  readonly files: readonly WeightsFile[];
  /** The bytes of a tensor as they are stored, in order, for digests. A piece is valid until the next one is asked for. */
  storedBytes(name: string): Iterable<Uint8Array>;
}

/**
 * Puts files together; closing the source closes them.
 * @throws ServiceError `invalid_weights` when two files hold the same tensor
 */
export function checkpointSource(label: string, files: readonly WeightsFile[]): CheckpointSource {
  const tensors = new Map<string, PlacedTensor>();
  const fileByTensor = new Map<string, WeightsFile>();
  for (const file of files) {
    for (const [name, tensor] of file.tensors) {
      const first = fileByTensor.get(name);
      if (first !== undefined)
        throw weightsFault(
          `${file.bytes.label}: tensor "${name}"`,
          tensor.begin,
          `it is in ${first.bytes.label} as well`,
        );
      tensors.set(name, tensor);
      fileByTensor.set(name, file);
    }
  }
  const find = (name: string): [ByteSource, PlacedTensor] => {
    const tensor = tensors.get(name);
    const file = fileByTensor.get(name);
    if (tensor === undefined || file === undefined) throw weightsFault(label, null, `there is no tensor "${name}"`);
    return [file.bytes, tensor];
  };
  return {
    files,
    tensors,
    readRows(name, start = 0, end) {
      const [bytes, tensor] = find(name);
      return readTensorRows(bytes, tensor, start, end ?? tensor.shape[0] ?? 0);
    },
    *storedBytes(name) {
      const [bytes, tensor] = find(name);
      const buffer = new Uint8Array(Math.min(pieceBytes, tensor.end - tensor.begin));
      for (let at = tensor.begin; at < tensor.end; at += pieceBytes) {
        const piece = buffer.subarray(0, Math.min(pieceBytes, tensor.end - at));
        bytes.read(at, piece);
        yield piece;
      }
    },
    close() {
      for (const file of files) file.bytes.close();
    },
  };
}

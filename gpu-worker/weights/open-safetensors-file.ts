import { type ByteSource, openByteSource } from '#gpu-worker/weights/byte-source.ts';
import type { WeightsFile } from '#gpu-worker/weights/checkpoint-source.ts';
import type { PlacedTensor } from '#gpu-worker/weights/read-tensor-rows.ts';
import type { StorageType } from '#gpu-worker/weights/tensor-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { parseSafetensorsHeader } from '#shared/safetensors/parse-safetensors.ts';
import { headerLengthBytes, readHeaderLength } from '#shared/safetensors/read-header-length.ts';
import type { SafetensorsLimits } from '#shared/safetensors/safetensors-limits.ts';

/** A 400-layer model has less than a megabyte of header. JSON can cost forty times its size in memory, so the format's own bound of 100 MB is too much. */
const headerLimits: SafetensorsLimits = { headerBytesMax: 1 << 22, tensorsMax: 65_536, dimensionsMax: 4 };

const storageByDtype: ReadonlyMap<string, StorageType> = new Map([
  ['F32', 'F32'],
  ['F16', 'F16'],
  ['BF16', 'BF16'],
]);

/**
 * Opens a safetensors file of weights; its header is in memory afterwards, its weights are not.
 * @throws ServiceError `invalid_weights` naming the file, the tensor, the offset and the reason
 */
export function openSafetensorsFile(path: string): WeightsFile {
  const source = openByteSource(path);
  try {
    return safetensorsFileOf(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** A safetensors file over any byte source. */
export function safetensorsFileOf(source: ByteSource): WeightsFile {
  const tensors = new Map<string, PlacedTensor>();
  const header = namingFile(source.label, () => {
    const start = new Uint8Array(Math.min(headerLengthBytes, source.size));
    source.read(0, start);
    const head = new Uint8Array(headerLengthBytes + readHeaderLength(start, source.size, headerLimits));
    source.read(0, head);
    return parseSafetensorsHeader(head, source.size, headerLimits);
  });
  for (const [name, { dtype, shape, begin, end }] of header.tensors) {
    const storage = storageByDtype.get(dtype);
    const offset = header.dataOffset + begin;
    if (storage === undefined) {
      throw weightsFault(
        `${source.label}: tensor "${name}"`,
        offset,
        `dtype ${dtype} is not supported for weights; supported are ${[...storageByDtype.keys()].join(', ')}`,
      );
    }
    tensors.set(name, { name, storage, shape, begin: offset, end: header.dataOffset + end });
  }
  return { bytes: source, tensors };
}

/** The parser knows bytes only; a checkpoint of many files needs to know which one is meant. */
function namingFile<T>(label: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ServiceError && !error.message.startsWith(label))
      throw weightsFault(label, null, error.message, error);
    throw error;
  }
}

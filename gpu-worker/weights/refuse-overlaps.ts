import type { ByteSource } from '#gpu-worker/weights/byte-source.ts';
import type { PlacedTensor } from '#gpu-worker/weights/read-tensor-rows.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/**
 * Checks that tensors lie inside the file and apart from each other, so that what is read is never more than the file.
 * @throws ServiceError `invalid_weights` naming the tensor, its byte offset and what it runs into
 */
export function refuseOverlaps(source: ByteSource, tensors: readonly PlacedTensor[]): void {
  let previous: PlacedTensor | null = null;
  for (const tensor of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const place = `${source.label}: tensor "${tensor.name}"`;
    if (tensor.end > source.size)
      throw weightsFault(
        place,
        tensor.begin,
        `its ${tensor.end - tensor.begin} bytes end at byte ${tensor.end}, past the file's ${source.size}`,
      );
    if (previous !== null && tensor.begin < previous.end)
      throw weightsFault(
        place,
        tensor.begin,
        `it overlaps tensor "${previous.name}", which ends at byte ${previous.end}`,
      );
    previous = tensor;
  }
}

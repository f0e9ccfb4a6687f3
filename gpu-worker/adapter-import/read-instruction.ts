import { areFrozenRows } from '#gpu-worker/adapter-import/find-changed-rows.ts';
import type { ImportTarget } from '#gpu-worker/adapter-import/import-target.ts';
import { readImportTensor } from '#gpu-worker/adapter-import/read-import-tensor.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { hintsMax } from '#shared/adapter-file/adapter-config.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

/**
 * Embeddings [n, D] that stand in the place of the template's instruction. Null where they are its own frozen ones: it was not trained, and a
 * prefix without trained rows can be shared by all adapters.
 * @throws ServiceError `invalid_adapter` for another width, too many rows or a value that is not finite
 */
export function readInstruction(
  checkpoint: TensorSource,
  name: string,
  target: ImportTarget,
): AdapterFile['softPrompt'] {
  const info = checkpoint.tensors.get(name);
  const count = info?.shape[0] ?? 0;
  if (info?.shape.length === 2 && (count < 1 || count > hintsMax)) {
    throw adapterError(`tensor "${name}" has ${count} rows; an instruction has 1 to ${hintsMax}`);
  }
  const values = readImportTensor(checkpoint, name, [null, target.hiddenSize]);
  const untrained = target.instructions.some((ids) => areFrozenRows(values, ids, target.source, info?.storage));
  return untrained ? null : { count, values };
}

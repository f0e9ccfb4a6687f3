import { checkImportShape, refuseInfinite } from '#gpu-worker/adapter-import/read-import-tensor.ts';
import { roundToStorage } from '#gpu-worker/adapter-import/round-to-storage.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import type { AdapterEmbedding } from '#shared/adapter-file/adapter-file.ts';

const frozenName = 'model.embed_tokens.weight';

/** Rows of both tables that are in memory at a time: 2 × 1,024 × 4,096 float32 are 32 MB. */
const rowsPerBlock = 1_024;

/**
 * The rows of a checkpoint's whole table E' that differ from the frozen E as the checkpoint's type rounds it. The others are the frozen ones,
 * which the adapter need not store.
 * @param shape of the frozen table, [V, D]
 * @throws ServiceError `invalid_adapter` for another shape, or a value that is not finite
 */
export function findChangedRows(
  checkpoint: TensorSource,
  name: string,
  frozen: TensorSource,
  [rows, width]: readonly [number, number],
): Extract<AdapterEmbedding, { kind: 'rows' }> {
  checkImportShape(checkpoint, name, [rows, width]);
  const storage = checkpoint.tensors.get(name)?.storage ?? 'F32';
  const ids: number[] = [];
  const changed: Float32Array[] = [];
  for (let start = 0; start < rows; start += rowsPerBlock) {
    const end = Math.min(rows, start + rowsPerBlock);
    const trained = checkpoint.readRows(name, start, end);
    const original = roundToStorage(frozen.readRows(frozenName, start, end), storage);
    for (let row = 0; row < end - start; row += 1) {
      const values = trained.subarray(row * width, (row + 1) * width);
      if (values.every((value, column) => value === original[row * width + column])) continue;
      refuseInfinite(name, values, (start + row) * width);
      ids.push(start + row);
      changed.push(values.slice());
    }
  }
  const values = new Float32Array(changed.length * width);
  for (const [index, row] of changed.entries()) values.set(row, index * width);
  return { kind: 'rows', rows: Int32Array.from(ids), values };
}

/** Whether rows [n, D] are the frozen rows of `ids`, as `storage` rounds them. */
export function areFrozenRows(
  values: Float32Array,
  ids: readonly number[],
  frozen: TensorSource,
  storage: string | undefined,
): boolean {
  const original = ids.map((id) => frozen.readRows(frozenName, id, id + 1));
  const width = original[0]?.length ?? 0;
  if (ids.length === 0 || values.length !== ids.length * width) return false;
  const type = storage === 'F16' || storage === 'BF16' ? storage : 'F32';
  return original.every((row, index) =>
    roundToStorage(row, type).every((value, column) => value === values[index * width + column]),
  );
}

import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';
import { adapterError } from '#shared/adapter-file/adapter-error.ts';

/**
 * A whole tensor of a foreign checkpoint, with its shape and every value checked.
 * @param shape expected sizes; null where the file chooses
 * @throws ServiceError `invalid_adapter` naming the tensor and what is wrong with it
 */
export function readImportTensor(source: TensorSource, name: string, shape: readonly (number | null)[]): Float32Array {
  checkImportShape(source, name, shape);
  const values = source.readRows(name);
  refuseInfinite(name, values, 0);
  return values;
}

/** @throws ServiceError `invalid_adapter` when the tensor is missing or has other sizes */
export function checkImportShape(source: TensorSource, name: string, shape: readonly (number | null)[]): void {
  const info = source.tensors.get(name);
  if (info === undefined) throw adapterError(`tensor "${name}" is missing`);
  const matches =
    info.shape.length === shape.length && shape.every((size, axis) => size === null || size === info.shape[axis]);
  if (matches) return;
  const expected = shape.map((size) => size ?? 'n').join(', ');
  throw adapterError(`tensor "${name}" has shape [${info.shape.join(', ')}]; the base model needs [${expected}]`);
}

/** @param offset of the first value in the tensor, for the message */
export function refuseInfinite(name: string, values: Float32Array, offset: number): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw adapterError(`tensor "${name}" holds ${values[bad]} at index ${offset + bad}; every value must be finite`);
}

import { adapterError } from '#shared/adapter-file/adapter-error.ts';
import { adapterTensorNames, adapterTensorShapes, expectedTensors } from '#shared/adapter-file/adapter-tensors.ts';
import { decodeHalfFloats } from '#shared/safetensors/half-float.ts';
import type { SafetensorsHeader } from '#shared/safetensors/parse-safetensors.ts';

type TensorKey = keyof typeof adapterTensorNames;

/** Refuses tensors that the method lacks or does not know, before any value is read. */
export function checkTensorNames(header: SafetensorsHeader, method: Parameters<typeof expectedTensors>[0]): void {
  const wholeTable = header.tensors.has(adapterTensorNames.embeddingTable);
  const { required, optional } = expectedTensors(method, wholeTable);
  for (const key of required) {
    const name = adapterTensorNames[key];
    if (!header.tensors.has(name)) throw adapterError(`tensor "${name}" is missing; method "${method}" needs it`);
  }
  const known = new Set<string>([...required, ...optional].map((key) => adapterTensorNames[key]));
  for (const name of header.tensors.keys()) {
    if (!known.has(name)) {
      throw adapterError(`tensor ${JSON.stringify(name.slice(0, 80))} is not one that method "${method}" has`);
    }
  }
}

/** Refuses a tensor that is not of the format's type and shape for this hidden size. */
export function checkTensorShape(header: SafetensorsHeader, key: TensorKey, hiddenSize: number): void {
  const name = adapterTensorNames[key];
  const entry = header.tensors.get(name);
  if (!entry) return;
  const sizes = adapterTensorShapes[key];
  const matches =
    entry.shape.length === sizes.length &&
    sizes.every((size, axis) => size === 'rows' || entry.shape[axis] === (size === 'D' ? 1 : 3) * hiddenSize);
  if (!matches) {
    const expected = sizes.map((size) => (size === 'rows' ? 'n' : (size === 'D' ? 1 : 3) * hiddenSize)).join(', ');
    throw adapterError(
      `tensor "${name}" has shape [${entry.shape.join(', ')}]; [${expected}] is needed for hidden size ${hiddenSize}`,
    );
  }
  const dtypes = key === 'embeddingRows' ? ['I32'] : ['F16', 'F32'];
  if (!dtypes.includes(entry.dtype)) {
    throw adapterError(`tensor "${name}" has dtype ${entry.dtype}; ${dtypes.join(' or ')} is needed`);
  }
}

/**
 * The values of one tensor, every one finite: a single NaN in an adapter would make every score that it touches NaN.
 * @throws ServiceError `invalid_adapter` naming tensor, index and value
 */
export function readTensorValues(file: Uint8Array, header: SafetensorsHeader, key: TensorKey): Float32Array {
  const name = adapterTensorNames[key];
  const { bytes, dtype } = tensorBytes(file, header, name);
  const values = dtype === 'F16' ? decodeHalfFloats(bytes) : new Float32Array(copyOf(bytes));
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw adapterError(`tensor "${name}" holds ${values[bad]} at index ${bad}; every value must be finite`);
  return values;
}

/**
 * Token ids of the changed rows.
 * @throws ServiceError `invalid_adapter` when they are not ascending, unique and non-negative
 */
export function readTensorRows(file: Uint8Array, header: SafetensorsHeader): Int32Array {
  const name = adapterTensorNames.embeddingRows;
  const rows = new Int32Array(copyOf(tensorBytes(file, header, name).bytes));
  let previous = -1;
  for (const [index, row] of rows.entries()) {
    if (row <= previous) {
      const reason =
        index === 0 ? 'a row is at least 0' : `rows ascend without repeats, and ${previous} comes before it`;
      throw adapterError(`tensor "${name}" holds ${row} at index ${index}; ${reason}`);
    }
    previous = row;
  }
  return rows;
}

/**
 * A copy is aligned whatever the offset in the file, and every platform that runs this is little-endian. Not `slice`: on the Buffers that
 * `readFile` gives it is a view.
 */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function tensorBytes(file: Uint8Array, header: SafetensorsHeader, name: string): { bytes: Uint8Array; dtype: string } {
  const entry = header.tensors.get(name);
  if (!entry) throw adapterError(`tensor "${name}" is missing`);
  return { bytes: file.subarray(header.dataOffset + entry.begin, header.dataOffset + entry.end), dtype: entry.dtype };
}

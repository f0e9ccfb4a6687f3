import { dtypeBytes, type TensorDtype } from '#shared/safetensors/tensor-dtype.ts';

export interface TensorToWrite {
  readonly name: string;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  /** Little-endian elements in row-major order; any view of exactly the tensor's bytes. */
  readonly data: ArrayBufferView;
}

/** The data section starts at a multiple of this, so that 8-byte elements can be viewed in place. */
const alignmentBytes = 8;

/**
 * One safetensors file. The same tensors and metadata give the same bytes whatever their order: metadata keys are sorted, tensors go by
 * element size (largest first, which keeps every tensor aligned to its elements without holes) and then by name.
 * @throws RangeError for a duplicate name, or data whose size is not that of its shape and dtype (faults of the caller)
 */
export function writeSafetensors(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...tensors].sort(
    (left, right) => dtypeBytes[right.dtype] - dtypeBytes[left.dtype] || compareText(left.name, right.name),
  );
  const header: [string, unknown][] = [];
  const metadataKeys = Object.keys(metadata).sort(compareText);
  if (metadataKeys.length > 0) {
    header.push(['__metadata__', Object.fromEntries(metadataKeys.map((key) => [key, metadata[key]]))]);
  }
  const names = new Set(['__metadata__']);
  let dataBytes = 0;
  for (const { name, dtype, shape, data } of ordered) {
    if (names.has(name)) throw new RangeError(`tensor "${name}" cannot be written: the name is taken`);
    names.add(name);
    const bytesNeeded = shape.reduce((product, count) => product * count, dtypeBytes[dtype]);
    if (data.byteLength !== bytesNeeded) {
      throw new RangeError(
        `tensor "${name}" of ${dtype} [${shape.join(', ')}] needs ${bytesNeeded} bytes, got ${data.byteLength}`,
      );
    }
    header.push([name, { dtype, shape, data_offsets: [dataBytes, dataBytes + bytesNeeded] }]);
    dataBytes += bytesNeeded;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const dataOffset = Math.ceil((8 + json.byteLength) / alignmentBytes) * alignmentBytes;
  const file = new Uint8Array(dataOffset + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataOffset - 8), true);
  file.set(json, 8);
  file.fill(0x20, 8 + json.byteLength, dataOffset);
  let at = dataOffset;
  for (const { data } of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/** By UTF-16 code units: the same order on every machine, unlike `localeCompare`. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

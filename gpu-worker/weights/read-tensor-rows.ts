import type { ByteSource } from '#gpu-worker/weights/byte-source.ts';
import { dequantisers } from '#gpu-worker/weights/dequantise/dequantisers.ts';
import { storageLayouts } from '#gpu-worker/weights/storage-layouts.ts';
import type { TensorInfo } from '#gpu-worker/weights/tensor-source.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Stored bytes read at a time: large enough for the disk, small beside a tensor. */
const chunkBytes = 4 << 20;

/** A tensor with the bytes of the file it occupies. */
export interface PlacedTensor extends TensorInfo {
  readonly begin: number;
  readonly end: number;
}

/**
 * Rows [start, end) of a tensor as float32, read in bounded pieces: besides the result, one piece is in memory.
 * @throws ServiceError `invalid_weights` when the rows are not in the tensor, split a block, or the file has shrunk
 */
export function readTensorRows(source: ByteSource, tensor: PlacedTensor, start: number, end: number): Float32Array {
  const [rows = 0, ...inner] = tensor.shape;
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > rows) {
    throw weightsFault(
      `${source.label}: tensor "${tensor.name}"`,
      tensor.begin,
      `rows ${start} to ${end} are not within its ${rows} rows`,
    );
  }
  const rowElements = inner.reduce((product, dimension) => product * dimension, 1);
  const layout = storageLayouts[tensor.storage];
  const elements = (end - start) * rowElements;
  if ((start * rowElements) % layout.elements !== 0 || elements % layout.elements !== 0) {
    throw weightsFault(
      `${source.label}: tensor "${tensor.name}"`,
      tensor.begin,
      `rows ${start} to ${end} split a ${tensor.storage} block of ${layout.elements} elements`,
    );
  }
  const out = new Float32Array(elements);
  const blocks = elements / layout.elements;
  const blocksPerChunk = Math.max(1, Math.floor(chunkBytes / layout.bytes));
  const chunk = new Uint8Array(Math.min(blocks, blocksPerChunk) * layout.bytes);
  const firstByte = tensor.begin + ((start * rowElements) / layout.elements) * layout.bytes;
  const dequantise = dequantisers[tensor.storage];
  for (let block = 0; block < blocks; block += blocksPerChunk) {
    const count = Math.min(blocksPerChunk, blocks - block);
    const bytes = chunk.subarray(0, count * layout.bytes);
    source.read(firstByte + block * layout.bytes, bytes);
    dequantise(bytes, count, out, block * layout.elements);
  }
  return out;
}

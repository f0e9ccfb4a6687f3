import type { GgufCursor } from '#gpu-worker/weights/gguf-cursor.ts';
import { ggufStorageTypes, refusedTypeSentence } from '#gpu-worker/weights/gguf-tensor-types.ts';
import type { PlacedTensor } from '#gpu-worker/weights/read-tensor-rows.ts';
import { storageLayouts } from '#gpu-worker/weights/storage-layouts.ts';
import type { StorageType } from '#gpu-worker/weights/tensor-source.ts';

/** Axes of a tensor, as ggml has it. */
const axesMax = 4;
/** Bytes of a tensor name. ggml stops at 64; some converters write Hugging Face names, which are longer. */
const nameBytesMax = 1_024;
/** Smallest tensor entry: name length, axes, one dimension, type, offset. */
export const tensorInfoBytesMin = 8 + 4 + 8 + 4 + 8;

/**
 * One entry of the tensor table, `begin` and `end` counted from the start of the data section. GGUF lists the innermost axis first; the shape
 * is turned round to row-major. The product of the dimensions is held below the elements that the whole file could store, so it never overflows.
 * @throws ServiceError `invalid_weights` naming the tensor, the byte offset, the value and the limit
 */
export function readGgufTensorInfo(cursor: GgufCursor, index: number, alignment: number): PlacedTensor {
  const start = cursor.position;
  const fileBytes = start + cursor.remaining;
  const name = cursor.string(`name of tensor ${index}`, nameBytesMax);
  const what = `tensor "${name}"`;
  if (name === '') throw cursor.fault(`tensor ${index}`, start, 'its name is empty');
  const axesOffset = cursor.position;
  const axes = cursor.uint32(`axes of ${what}`);
  if (axes < 1 || axes > axesMax)
    throw cursor.fault(what, axesOffset, `it has ${axes} axes; supported are 1 to ${axesMax}`);
  const dimensionsOffset = cursor.position;
  const dimensions: bigint[] = [];
  for (let axis = 0; axis < axes; axis++) dimensions.push(cursor.uint64(`dimension ${axis} of ${what}`));
  const storage = readStorage(cursor, what);
  const shape = checkShape(cursor, what, dimensionsOffset, dimensions, storage, fileBytes);
  const layout = storageLayouts[storage];
  const bytes = (shape.reduce((product, dimension) => product * dimension, 1) / layout.elements) * layout.bytes;
  const offsetOffset = cursor.position;
  const begin = cursor.count(
    `offset of ${what}`,
    fileBytes - bytes,
    `its ${bytes} bytes must end within the file's ${fileBytes}`,
  );
  if (begin % alignment !== 0)
    throw cursor.fault(what, offsetOffset, `its offset ${begin} is not a multiple of the alignment ${alignment}`);
  return { name, storage, shape, begin, end: begin + bytes };
}

function readStorage(cursor: GgufCursor, what: string): StorageType {
  const offset = cursor.position;
  const type = cursor.uint32(`type of ${what}`);
  const storage = ggufStorageTypes.get(type);
  if (storage === undefined) throw cursor.fault(what, offset, refusedTypeSentence(type));
  return storage;
}

function checkShape(
  cursor: GgufCursor,
  what: string,
  offset: number,
  dimensions: readonly bigint[],
  storage: StorageType,
  fileBytes: number,
): number[] {
  const { elements: blockElements, bytes: blockBytes } = storageLayouts[storage];
  const elementsMax = BigInt(Math.floor(fileBytes / blockBytes)) * BigInt(blockElements);
  let elements = 1n;
  for (const dimension of dimensions) {
    if (dimension === 0n) throw cursor.fault(what, offset, `its shape [${dimensions.join(', ')}] has a dimension of 0`);
    elements *= dimension;
    if (elements > elementsMax) {
      throw cursor.fault(
        what,
        offset,
        `its shape [${dimensions.join(', ')}] as ${storage} exceeds the ${elementsMax} elements that a file of ${fileBytes} bytes can hold`,
      );
    }
  }
  const shape = dimensions.map(Number).reverse();
  const innermost = shape.at(-1) ?? 0;
  if (innermost % blockElements !== 0)
    throw cursor.fault(
      what,
      offset,
      `its innermost dimension ${innermost} is not a multiple of the ${blockElements} elements of a ${storage} block`,
    );
  return shape;
}

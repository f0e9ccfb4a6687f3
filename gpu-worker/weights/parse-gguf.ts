import type { ByteSource } from '#gpu-worker/weights/byte-source.ts';
import { GgufCursor } from '#gpu-worker/weights/gguf-cursor.ts';
import type { GgufValue } from '#gpu-worker/weights/gguf-value.ts';
import { readGgufTensorInfo, tensorInfoBytesMin } from '#gpu-worker/weights/read-gguf-tensor-info.ts';
import { readGgufValue } from '#gpu-worker/weights/read-gguf-value.ts';
import type { PlacedTensor } from '#gpu-worker/weights/read-tensor-rows.ts';
import { refuseOverlaps } from '#gpu-worker/weights/refuse-overlaps.ts';

/** "GGUF" read as a little-endian uint32. */
const magic = 0x46554747;
/** Version 1 had 32-bit counts and is long gone; a big-endian file shows a version with its bytes swapped. */
const supportedVersions: readonly number[] = [2, 3];
/** Metadata entries and tensors of one file. A 400-layer mixture of experts stays below; each entry costs map and object overhead. */
const entriesMax = 65_536;
/** Bytes of a metadata key, as the GGUF specification has it. */
const keyBytesMax = 65_535;
/** Smallest metadata entry: key length, type, one byte of value. */
const metadataBytesMin = 8 + 4 + 1;
const alignmentDefault = 32;
/** Alignments beyond a huge page serve nobody, and would let padding grow without end. */
const alignmentMax = 1 << 21;

/** The header of a GGUF file: all that is known without reading weights. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By GGUF name (`blk.0.attn_q.weight`), in file order. */
  readonly tensors: ReadonlyMap<string, PlacedTensor>;
  /** Bytes before the data section, padding included. */
  readonly dataOffset: number;
}

/**
 * Parses the header of a GGUF file (versions 2 and 3) without touching its weights. Counts, lengths, dimensions and offsets are
 * checked against the file's size before memory is taken for them; tensors lie inside the file and do not overlap.
 * @throws ServiceError `invalid_weights` naming the part or tensor, the byte offset, the value and the limit
 */
export function parseGguf(source: ByteSource): GgufHeader {
  const cursor = new GgufCursor(source);
  const found = cursor.uint32('magic');
  if (found !== magic) throw cursor.fault('magic', 0, `0x${found.toString(16).padStart(8, '0')} is not "GGUF"`);
  const version = cursor.uint32('version');
  if (!supportedVersions.includes(version)) {
    const swapped = version > 0xffff ? ' (a big-endian file?)' : '';
    throw cursor.fault(
      'version',
      4,
      `${version}${swapped} is not supported; supported are ${supportedVersions.join(' and ')}`,
    );
  }
  const tensorCount = countEntries(cursor, 'tensor count', tensorInfoBytesMin);
  const metadataCount = countEntries(cursor, 'metadata count', metadataBytesMin);
  const metadata = readMetadata(cursor, metadataCount);
  const alignment = alignmentOf(cursor, metadata);
  const tensors = readTensorInfos(cursor, tensorCount, alignment);
  const dataOffset = Math.ceil(cursor.position / alignment) * alignment;
  return { version, metadata, tensors: placeTensors(source, tensors, dataOffset), dataOffset };
}

function countEntries(cursor: GgufCursor, what: string, bytesMin: number): number {
  const fitting = Math.floor(cursor.remaining / bytesMin);
  const limit =
    fitting < entriesMax ? `entries of at least ${bytesMin} bytes that fit into the file` : 'entries a file may have';
  return cursor.count(what, Math.min(entriesMax, fitting), limit);
}

function readMetadata(cursor: GgufCursor, count: number): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const offset = cursor.position;
    const key = cursor.string(`metadata key ${index}`, keyBytesMax);
    if (metadata.has(key)) throw cursor.fault(`metadata "${key}"`, offset, 'the key occurs twice');
    metadata.set(key, readGgufValue(cursor, key));
  }
  return metadata;
}

function alignmentOf(cursor: GgufCursor, metadata: ReadonlyMap<string, GgufValue>): number {
  const value = metadata.get('general.alignment') ?? alignmentDefault;
  const isPowerOfTwo =
    typeof value === 'number' && Number.isInteger(value) && value > 0 && Number.isInteger(Math.log2(value));
  if (!isPowerOfTwo || value > alignmentMax) {
    throw cursor.fault(
      'metadata "general.alignment"',
      cursor.position,
      `${String(value)} is not a power of two of at most ${alignmentMax}`,
    );
  }
  return value;
}

function readTensorInfos(cursor: GgufCursor, count: number, alignment: number): Map<string, PlacedTensor> {
  const tensors = new Map<string, PlacedTensor>();
  for (let index = 0; index < count; index++) {
    const offset = cursor.position;
    const tensor = readGgufTensorInfo(cursor, index, alignment);
    if (tensors.has(tensor.name)) throw cursor.fault(`tensor "${tensor.name}"`, offset, 'the name occurs twice');
    tensors.set(tensor.name, tensor);
  }
  return tensors;
}

/** Turns offsets within the data section into offsets within the file, and checks that every tensor ends inside it. */
function placeTensors(
  source: ByteSource,
  tensors: ReadonlyMap<string, PlacedTensor>,
  dataOffset: number,
): Map<string, PlacedTensor> {
  const placed = new Map<string, PlacedTensor>();
  for (const tensor of tensors.values())
    placed.set(tensor.name, { ...tensor, begin: dataOffset + tensor.begin, end: dataOffset + tensor.end });
  refuseOverlaps(source, [...placed.values()]);
  return placed;
}

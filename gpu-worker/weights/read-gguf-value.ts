import type { GgufCursor } from '#gpu-worker/weights/gguf-cursor.ts';
import type { GgufNumbers, GgufValue } from '#gpu-worker/weights/gguf-value.ts';

/** Bytes of one string value. Chat templates have kilobytes, an embedded tokenizer.json some ten megabytes. */
const stringBytesMax = 1 << 26;
/** Strings of one array. The largest vocabularies have 256 thousand tokens and half a million merges; a JavaScript string costs more than its bytes in the file. */
const stringsPerArrayMax = 1 << 21;

interface ScalarType {
  readonly name: string;
  readonly bytes: number;
  readonly read: (cursor: GgufCursor, what: string) => GgufValue;
  /** null where arrays of the type need their own reading (strings) or checks. */
  readonly array: (length: number) => GgufNumbers;
}

const scalarTypes: ReadonlyMap<number, ScalarType> = new Map<number, ScalarType>([
  [0, { name: 'uint8', bytes: 1, read: (c, what) => c.uint8(what), array: (n) => new Uint8Array(n) }],
  [1, { name: 'int8', bytes: 1, read: (c, what) => c.int8(what), array: (n) => new Int8Array(n) }],
  [2, { name: 'uint16', bytes: 2, read: (c, what) => c.uint16(what), array: (n) => new Uint16Array(n) }],
  [3, { name: 'int16', bytes: 2, read: (c, what) => c.int16(what), array: (n) => new Int16Array(n) }],
  [4, { name: 'uint32', bytes: 4, read: (c, what) => c.uint32(what), array: (n) => new Uint32Array(n) }],
  [5, { name: 'int32', bytes: 4, read: (c, what) => c.int32(what), array: (n) => new Int32Array(n) }],
  [6, { name: 'float32', bytes: 4, read: (c, what) => c.float32(what), array: (n) => new Float32Array(n) }],
  [7, { name: 'bool', bytes: 1, read: readBoolean, array: (n) => new Uint8Array(n) }],
  [
    10,
    { name: 'uint64', bytes: 8, read: (c, what) => exactNumber(c.uint64(what)), array: (n) => new BigUint64Array(n) },
  ],
  [11, { name: 'int64', bytes: 8, read: (c, what) => exactNumber(c.int64(what)), array: (n) => new BigInt64Array(n) }],
  [12, { name: 'float64', bytes: 8, read: (c, what) => c.float64(what), array: (n) => new Float64Array(n) }],
]);
const stringType = 8;
const arrayType = 9;

/**
 * One metadata value with the type id in front of it. Arrays of arrays, which no known writer makes, are refused: their depth is the file's to choose.
 * @throws ServiceError `invalid_weights` naming the key, the byte offset, the value and the limit
 */
export function readGgufValue(cursor: GgufCursor, key: string): GgufValue {
  const what = `metadata "${key}"`;
  const offset = cursor.position;
  const type = cursor.uint32(`type of ${what}`);
  if (type === stringType) return cursor.string(what, stringBytesMax);
  if (type === arrayType) return readArray(cursor, what);
  const scalar = scalarTypes.get(type);
  if (scalar === undefined) throw cursor.fault(what, offset, `value type ${type} is unknown (known are 0 to 12)`);
  return scalar.read(cursor, what);
}

function readArray(cursor: GgufCursor, what: string): readonly string[] | GgufNumbers {
  const offset = cursor.position;
  const type = cursor.uint32(`element type of ${what}`);
  if (type === stringType) return readStrings(cursor, what);
  const scalar = scalarTypes.get(type);
  if (scalar === undefined) {
    throw cursor.fault(
      what,
      offset,
      type === arrayType ? 'arrays of arrays are not supported' : `element type ${type} is unknown (known are 0 to 12)`,
    );
  }
  const length = cursor.count(
    `length of ${what}`,
    (cursor.remaining - 8) / scalar.bytes,
    `${scalar.name} elements that fit into the bytes left in the file`,
  );
  const array = scalar.array(length);
  cursor.fill(array, what);
  return array;
}

function readStrings(cursor: GgufCursor, what: string): string[] {
  // A string takes at least the 8 bytes of its length.
  const fitting = Math.floor((cursor.remaining - 8) / 8);
  const length = cursor.count(
    `length of ${what}`,
    Math.min(fitting, stringsPerArrayMax),
    fitting < stringsPerArrayMax ? 'strings that fit into the bytes left in the file' : 'strings an array may have',
  );
  // Grown by push: a lying length costs no memory before its strings are really there.
  const strings: string[] = [];
  for (let index = 0; index < length; index++) strings.push(cursor.string(what, stringBytesMax));
  return strings;
}

function readBoolean(cursor: GgufCursor, what: string): boolean {
  const offset = cursor.position;
  const value = cursor.uint8(what);
  if (value > 1) throw cursor.fault(what, offset, `a bool must be 0 or 1, not ${value}`);
  return value === 1;
}

function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

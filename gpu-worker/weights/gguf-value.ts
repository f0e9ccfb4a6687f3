/** Typed numbers of a GGUF array, in the width the file states: never more memory than the file itself. Booleans are bytes 0 and 1. */
export type GgufNumbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | BigUint64Array
  | BigInt64Array
  | Float64Array;

/** One metadata value. 64-bit integers are numbers while they are exact (at most 2^53 − 1), bigint beyond. */
export type GgufValue = number | bigint | boolean | string | readonly string[] | GgufNumbers;

/** Everything a GGUF file says about itself, by key (`general.architecture`, `tokenizer.ggml.tokens`, …). */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

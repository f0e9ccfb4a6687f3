/** Metadata as a test states it: the GGUF type id of each value is explicit, as lying about it is part of what is tested. */
export type GgufEntry =
  | { readonly key: string; readonly type: 'uint32' | 'float32' | 'uint64' | 'bool'; readonly value: number }
  | { readonly key: string; readonly type: 'string'; readonly value: string }
  | { readonly key: string; readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly key: string; readonly type: 'int32s' | 'float32s'; readonly value: readonly number[] };

export interface GgufTensorToWrite {
  readonly name: string;
  /** Row-major, outermost first; written innermost first. */
  readonly shape: readonly number[];
  /** ggml type id (0 is F32). */
  readonly type: number;
  readonly data: Uint8Array;
}

export interface GgufToWrite {
  readonly version?: number;
  readonly metadata: readonly GgufEntry[];
  readonly tensors: readonly GgufTensorToWrite[];
  /** Bytes; states nothing in the metadata by itself. */
  readonly alignment?: number;
}

const typeIds = { uint32: 4, float32: 6, uint64: 10, bool: 7, string: 8, int32s: 5, float32s: 6 } as const;
const arrayTypeId = 9;

/** A GGUF file, for tests: little-endian, tensors in the given order, each aligned. */
export function writeGguf({ version = 3, metadata, tensors, alignment = 32 }: GgufToWrite): Uint8Array {
  const parts: Uint8Array[] = [
    new TextEncoder().encode('GGUF'),
    uint32(version),
    uint64(tensors.length),
    uint64(metadata.length),
  ];
  for (const entry of metadata) parts.push(string(entry.key), ...valueParts(entry));
  let offset = 0;
  for (const { name, shape, type, data } of tensors) {
    parts.push(string(name), uint32(shape.length), ...[...shape].reverse().map(uint64), uint32(type), uint64(offset));
    offset += aligned(data.length, alignment);
  }
  const headerBytes = parts.reduce((sum, part) => sum + part.length, 0);
  parts.push(new Uint8Array(aligned(headerBytes, alignment) - headerBytes));
  for (const [index, { data }] of tensors.entries()) {
    parts.push(data);
    if (index < tensors.length - 1) parts.push(new Uint8Array(aligned(data.length, alignment) - data.length));
  }
  return new Uint8Array(Buffer.concat(parts));
}

function valueParts(entry: GgufEntry): Uint8Array[] {
  switch (entry.type) {
    case 'uint32':
      return [uint32(typeIds.uint32), uint32(entry.value)];
    case 'float32':
      return [uint32(typeIds.float32), float32(entry.value)];
    case 'uint64':
      return [uint32(typeIds.uint64), uint64(entry.value)];
    case 'bool':
      return [uint32(typeIds.bool), Uint8Array.of(entry.value)];
    case 'string':
      return [uint32(typeIds.string), string(entry.value)];
    case 'strings':
      return [uint32(arrayTypeId), uint32(typeIds.string), uint64(entry.value.length), ...entry.value.map(string)];
    case 'int32s':
    case 'float32s':
      return [
        uint32(arrayTypeId),
        uint32(typeIds[entry.type]),
        uint64(entry.value.length),
        ...entry.value.map(entry.type === 'int32s' ? uint32 : float32),
      ];
  }
}

function aligned(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function uint32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function float32(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}

function uint64(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}

function string(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(Buffer.concat([uint64(bytes.length), bytes]));
}

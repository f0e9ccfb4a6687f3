import { describe, expect, it } from 'vitest';
import { byteSourceOf } from '#gpu-worker/weights/byte-source.ts';
import { parseGguf } from '#gpu-worker/weights/parse-gguf.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { countingTensor, smallGguf } from '#test/support/small-gguf.ts';
import { writeGguf } from '#test/support/write-gguf.ts';

function parse(bytes: Uint8Array) {
  return parseGguf(byteSourceOf(bytes, 'x.gguf'));
}

function refusal(bytes: Uint8Array): string {
  try {
    parse(bytes);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'invalid_weights') return error.message;
    throw error;
  }
  return 'accepted';
}

function oneTensor(shape: readonly number[], type = 0, bytes = 64): Uint8Array {
  return writeGguf({ metadata: [], tensors: [{ name: 'w', shape, type, data: new Uint8Array(bytes) }] });
}

/** Overwrites a little-endian uint64. */
function withUint64(bytes: Uint8Array, offset: number, value: bigint): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setBigUint64(offset, value, true);
  return copy;
}

const tensorCountOffset = 8;
const metadataCountOffset = 16;
/** Of a file with one tensor "w" and no metadata. */
const nameLengthOffset = 24;
const dimensionOffset = nameLengthOffset + 8 + 1 + 4;

describe('parseGguf', () => {
  it('gives metadata in the types of the file, and shapes outermost first', () => {
    const { version, metadata, tensors, dataOffset } = parse(smallGguf());
    expect(version).toBe(3);
    expect(metadata.get('general.architecture')).toBe('llama');
    expect(metadata.get('general.parameter_count')).toBe(2 ** 40);
    expect(metadata.get('tokenizer.ggml.add_bos_token')).toBe(false);
    expect(metadata.get('tokenizer.ggml.tokens')).toEqual(['a', 'b', 'Ġ']);
    expect(metadata.get('tokenizer.ggml.token_type')).toEqual(Int32Array.of(1, 1, 1));
    expect(tensors.get('blk.0.ffn_gate.weight')).toMatchObject({ storage: 'F32', shape: [64, 32] });
    expect(dataOffset % 32).toBe(0);
    expect(tensors.get('token_embd.weight')).toMatchObject({ begin: dataOffset, end: dataOffset + 3 * 32 * 4 });
  });

  it('keeps a byte-order mark in a string, as it is a token like any other', () => {
    const file = writeGguf({ metadata: [{ key: 'k', type: 'strings', value: ['\uFEFF', ''] }], tensors: [] });
    expect(parse(file).metadata.get('k')).toEqual(['\uFEFF', '']);
  });

  it('reads a header longer than its window', () => {
    const value = Array.from({ length: 30_000 }, (_, index) => `${'x'.repeat(60)}${index}`);
    const long = 'y'.repeat(3 << 20);
    const file = writeGguf({
      metadata: [
        { key: 'list', type: 'strings', value },
        { key: 'long', type: 'string', value: long },
      ],
      tensors: [countingTensor('w', [2, 3])],
    });
    const { metadata, tensors } = parse(file);
    expect(metadata.get('list')).toEqual(value);
    expect(metadata.get('long')).toBe(long);
    expect(tensors.get('w')?.shape).toEqual([2, 3]);
  });

  it('honours general.alignment, and refuses one that is not a power of two', () => {
    const metadata = (value: number) => [{ key: 'general.alignment', type: 'uint32', value } as const];
    const tensors = [countingTensor('w', [3]), countingTensor('v', [3])];
    expect(parse(writeGguf({ metadata: metadata(256), tensors, alignment: 256 })).dataOffset).toBe(256);
    expect(refusal(writeGguf({ metadata: metadata(48), tensors, alignment: 48 }))).toContain('general.alignment');
    expect(refusal(writeGguf({ metadata: metadata(0), tensors }))).toContain('0 is not a power of two');
  });

  it.each([
    ['another magic', Uint8Array.from(Buffer.from('GGML00000000000000000000')), 'x.gguf: magic, byte 0'],
    [
      'version 1',
      writeGguf({ version: 1, metadata: [], tensors: [] }),
      'version, byte 4: 1 is not supported; supported are 2 and 3',
    ],
    ['a big-endian file', writeGguf({ version: 0x03000000, metadata: [], tensors: [] }), 'a big-endian file?'],
    ['an empty file', new Uint8Array(0), 'magic, byte 0: 4 bytes are needed, but the file ends at byte 0'],
    [
      'a lying tensor count',
      withUint64(smallGguf(), tensorCountOffset, 2n ** 63n),
      'tensor count, byte 8: 9223372036854775808 exceeds the maximum',
    ],
    [
      'a lying metadata count',
      withUint64(smallGguf(), metadataCountOffset, 60_000n),
      'metadata count, byte 16: 60000 exceeds the maximum',
    ],
    [
      'a lying name length',
      withUint64(oneTensor([4, 4]), nameLengthOffset, 1n << 40n),
      'length of name of tensor 0, byte 24: 1099511627776 exceeds',
    ],
    [
      'a dimension of zero',
      withUint64(oneTensor([4, 4]), dimensionOffset, 0n),
      'tensor "w", byte 37: its shape [0, 4] has a dimension of 0',
    ],
    ['dimensions whose product overflows', withUint64(oneTensor([4, 4]), dimensionOffset, 2n ** 63n), 'exceeds the'],
    [
      'a tensor type that is not read',
      oneTensor([4, 4], 10),
      'tensor type 10 (Q2_K) is not supported; supported are F32, F16',
    ],
    [
      'rows that split a block',
      oneTensor([2, 16], 8, 34),
      'innermost dimension 16 is not a multiple of the 32 elements of a Q8_0 block',
    ],
    ['five axes', oneTensor([1, 1, 1, 1, 1]), 'it has 5 axes; supported are 1 to 4'],
    ['data cut off', oneTensor([4, 4]).subarray(0, -1), 'end at byte'],
    [
      'a name that occurs twice',
      writeGguf({ metadata: [], tensors: [countingTensor('w', [4]), countingTensor('w', [4])] }),
      'tensor "w", byte 57: the name occurs twice',
    ],
    [
      'a key that occurs twice',
      writeGguf({ metadata: [1, 2].map((value) => ({ key: 'k', type: 'uint32', value }) as const), tensors: [] }),
      'metadata "k", byte 41: the key occurs twice',
    ],
    [
      'a bool of 2',
      writeGguf({ metadata: [{ key: 'k', type: 'bool', value: 2 }], tensors: [] }),
      'a bool must be 0 or 1, not 2',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message);
  });

  it('refuses tensors that overlap, and offsets off the alignment', () => {
    const file = writeGguf({ metadata: [], tensors: [countingTensor('a', [16]), countingTensor('b', [16])] });
    const secondOffset = nameLengthOffset + 33 + 25;
    expect(new DataView(file.buffer).getBigUint64(secondOffset, true)).toBe(64n);
    expect(refusal(withUint64(file, secondOffset, 32n))).toContain('it overlaps tensor "a"');
    expect(refusal(withUint64(file, secondOffset, 63n))).toContain(
      'its offset 63 is not a multiple of the alignment 32',
    );
    expect(refusal(withUint64(file, secondOffset, 1n << 50n))).toContain(
      'tensor "b", byte 82: 1125899906842624 exceeds the maximum',
    );
  });

  it('refuses strings that are not UTF-8 and arrays of arrays', () => {
    const file = writeGguf({ metadata: [{ key: 'k', type: 'string', value: 'abc' }], tensors: [] });
    const broken = file.slice();
    broken[24 + 9 + 4 + 8] = 0xff;
    expect(refusal(broken)).toContain('metadata "k", byte 45: its 3 bytes are not UTF-8');
    const nested = writeGguf({ metadata: [{ key: 'k', type: 'int32s', value: [1, 2] }], tensors: [] });
    nested[24 + 9 + 4] = 9;
    expect(refusal(nested)).toContain('arrays of arrays are not supported');
  });
});

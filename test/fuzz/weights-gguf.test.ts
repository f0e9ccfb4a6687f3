import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSource, byteSourceOf } from '#gpu-worker/weights/byte-source.ts';
import { ggufFileOf } from '#gpu-worker/weights/open-gguf.ts';
import { parseGguf } from '#gpu-worker/weights/parse-gguf.ts';
import { expectRefusalOrSoundWeights } from '#test/support/expect-refusal-or-sound-weights.ts';
import { mutatedBytes } from '#test/support/mutate-bytes.ts';
import { countingTensor, smallGgufMetadata } from '#test/support/small-gguf.ts';
import { writeGguf } from '#test/support/write-gguf.ts';

const mutations = 20_000;

const file = writeGguf({
  metadata: [...smallGgufMetadata, { key: 'numbers', type: 'float32s', value: [1, 2, 3] }],
  tensors: [
    countingTensor('blk.0.attn_q.weight', [3, 8]),
    { name: 'blk.0.ffn_up.weight', shape: [2, 32], type: 8, data: new Uint8Array(68).fill(3) },
    countingTensor('v', [5]),
  ],
});
const { dataOffset, tensors } = parseGguf(byteSourceOf(file));

/** Where the file's integers are: the counts, and every length, dimension, type and offset around the known strings. */
const fieldOffsets: readonly number[] = [
  4,
  8,
  16,
  ...[...smallGgufMetadata.map(({ key }) => key), ...tensors.keys(), 'numbers'].flatMap(aroundString),
];

function aroundString(text: string): number[] {
  const start = Buffer.from(file).indexOf(text);
  const end = start + text.length;
  return [start - 8, end, end + 4, end + 8, end + 12, end + 16, end + 20, end + 24];
}

function open(source: ByteSource) {
  const { metadata, files } = ggufFileOf(source);
  for (const value of metadata.values()) {
    if (Array.isArray(value)) expect(value.length * 8).toBeLessThanOrEqual(source.size);
    if (ArrayBuffer.isView(value)) expect(value.byteLength).toBeLessThanOrEqual(source.size);
  }
  const [opened] = files;
  if (opened === undefined) throw new Error('a GGUF file without a file');
  return opened;
}

describe('a damaged GGUF file', () => {
  it('is intact before it is damaged', () => {
    expect(expectRefusalOrSoundWeights(file, open)).toBe(true);
  });

  it(`is refused with a reason or sound, over ${mutations} mutations`, () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutatedBytes(file, dataOffset, fieldOffsets), (bytes) => {
        if (expectRefusalOrSoundWeights(bytes, open)) accepted++;
      }),
      { numRuns: mutations },
    );
    // Neither outcome may be the only one: the mutations would then test nothing.
    expect(accepted).toBeGreaterThan(mutations / 100);
    expect(accepted).toBeLessThan(mutations / 2);
  });

  it('is refused when it is cut off at any byte of its header', () => {
    for (let length = 0; length < dataOffset; length++)
      expect(expectRefusalOrSoundWeights(file.subarray(0, length), open)).toBe(false);
  });
});

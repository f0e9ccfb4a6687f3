import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safetensorsFileOf } from '#gpu-worker/weights/open-safetensors-file.ts';
import { writeSafetensors } from '#shared/safetensors/write-safetensors.ts';
import { expectRefusalOrSoundWeights } from '#test/support/expect-refusal-or-sound-weights.ts';
import { mutatedBytes } from '#test/support/mutate-bytes.ts';

const byteMutations = 5_000;
const headerMutations = 3_000;

const file = writeSafetensors(
  [
    {
      name: 'model.embed_tokens.weight',
      dtype: 'F32',
      shape: [4, 8],
      data: Float32Array.from({ length: 32 }, (_, index) => index),
    },
    { name: 'model.norm.weight', dtype: 'F16', shape: [8], data: new Uint16Array(8).fill(0x3c00) },
    { name: 'lm_head.weight', dtype: 'BF16', shape: [2, 8], data: new Uint16Array(16).fill(0x3f80) },
  ],
  { format: 'pt' },
);
const headerBytes = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
const header = JSON.parse(new TextDecoder().decode(file.subarray(8, headerBytes))) as Record<string, unknown>;

/** A file whose header says something else than its data. */
function withHeader(lying: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(lying));
  const length = new Uint8Array(BigUint64Array.of(BigInt(json.length)).buffer);
  return new Uint8Array(Buffer.concat([length, json, file.subarray(headerBytes)]));
}

const number = fc.oneof(
  fc.constantFrom(-1, 0, 1, 2, 8, 32, 127, 128, 144, 160, 176, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, 0.5),
  fc.integer({ min: 0, max: 200 }),
);
const lyingEntry = fc.record({
  dtype: fc.constantFrom<unknown>('F32', 'F16', 'BF16', 'I64', 'F64', 'U8', 'Q4_0', '', null, 4),
  shape: fc.oneof(fc.array(number, { maxLength: 5 }), fc.constantFrom<unknown>([8], [4, 8], [2, 8], null, '8', {})),
  data_offsets: fc.oneof(
    fc.tuple(number, number),
    fc.array(number, { maxLength: 3 }),
    fc.constantFrom<unknown>([0, 128], [128, 160], [160, 176], null, 'all'),
  ),
});
const lyingHeader = fc
  .record({
    name: fc.constantFrom(
      'model.embed_tokens.weight',
      'model.norm.weight',
      'lm_head.weight',
      'extra',
      '__metadata__',
      '__proto__',
      '',
    ),
    entry: fc.oneof({ weight: 9, arbitrary: lyingEntry }, { weight: 1, arbitrary: fc.jsonValue() }),
    keep: fc.subarray(['dtype', 'shape', 'data_offsets']),
  })
  .map(({ name, entry, keep }) => {
    const original = header[name];
    const kept =
      typeof original === 'object' && original !== null
        ? Object.fromEntries(Object.entries(original).filter(([field]) => keep.includes(field)))
        : {};
    const replaced =
      typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? { ...entry, ...kept } : entry;
    return withHeader(
      Object.fromEntries([...Object.entries(header).filter(([key]) => key !== name), [name, replaced]]),
    );
  });

describe('a damaged safetensors file', () => {
  it('is intact before it is damaged', () => {
    expect(expectRefusalOrSoundWeights(file, safetensorsFileOf)).toBe(true);
  });

  it(`is refused with a reason or sound, over ${byteMutations} mutations of its bytes`, () => {
    let accepted = 0;
    fc.assert(
      fc.property(mutatedBytes(file, headerBytes, [0]), (bytes) => {
        if (expectRefusalOrSoundWeights(bytes, safetensorsFileOf)) accepted++;
      }),
      { numRuns: byteMutations },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(byteMutations / 2);
  });

  it(`is refused with a reason or sound, over ${headerMutations} lying headers`, () => {
    let accepted = 0;
    fc.assert(
      fc.property(lyingHeader, (bytes) => {
        if (expectRefusalOrSoundWeights(bytes, safetensorsFileOf)) accepted++;
      }),
      { numRuns: headerMutations },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(headerMutations);
  });

  it('is refused when it is cut off at any byte', () => {
    for (let length = 0; length < file.length; length++)
      expect(expectRefusalOrSoundWeights(file.subarray(0, length), safetensorsFileOf)).toBe(false);
  });
});

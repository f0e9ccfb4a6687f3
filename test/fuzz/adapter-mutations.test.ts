import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

const ramp = (count: number) => Float32Array.from({ length: count }, (_, index) => index / 8 - 1);

const adapter: AdapterFile = {
  config: {
    format: 'hintrank-adapter-1',
    method: 'attend',
    k: 10,
    heads: 2,
    filters: 'd',
    residual: true,
    template: 'clean-1',
    hintLocation: 'suffix',
    modelFingerprint: 'ab'.repeat(32),
  },
  hiddenSize: 4,
  embedding: { kind: 'rows', rows: Int32Array.of(3, 7, 9), values: ramp(12) },
  mlp: { firstWeight: ramp(16), firstBias: ramp(4), secondWeight: ramp(16), secondBias: ramp(4) },
  attention: {
    inProjectionWeight: ramp(48),
    inProjectionBias: ramp(12),
    outProjectionWeight: ramp(16),
    outProjectionBias: ramp(4),
  },
  softPrompt: { count: 2, values: ramp(8) },
};

const originals = [writeAdapterFile(adapter, { storage: 'fp16' }), writeAdapterFile(adapter, { storage: 'fp32' })];
const fileArbitrary = fc.constantFrom(...originals);

/** Float32 and int32 bytes that a parsed adapter holds. */
function heldBytes({ embedding, mlp, attention, softPrompt }: AdapterFile): number {
  const parts = [embedding, mlp, attention, softPrompt].flatMap((part) => Object.values(part ?? {}));
  return parts.reduce((sum: number, part) => sum + (ArrayBuffer.isView(part) ? part.byteLength : 0), 0);
}

/** Every input ends in a typed refusal or in an adapter of finite values that holds at most twice the file. */
function expectRefusalOrAdapter(file: Uint8Array): void {
  let parsed: AdapterFile;
  try {
    parsed = parseAdapterFile(file);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'invalid_adapter' && error.message.length < 1_000) return;
    throw error;
  }
  expect(heldBytes(parsed)).toBeLessThanOrEqual(2 * file.byteLength);
  expect(parsed.mlp?.firstWeight.every(Number.isFinite) ?? true).toBe(true);
}

/** The file with another JSON header, its length field kept true. */
function withHeader(file: Uint8Array, edit: (json: string) => string): Uint8Array {
  const headerBytes = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const json = new TextEncoder().encode(edit(new TextDecoder().decode(file.subarray(8, 8 + headerBytes))));
  const result = new Uint8Array(8 + json.byteLength + file.byteLength - 8 - headerBytes);
  new DataView(result.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  result.set(json, 8);
  result.set(file.subarray(8 + headerBytes), 8 + json.byteLength);
  return result;
}

test('the files that are mutated are valid', () => {
  for (const file of originals) expect(parseAdapterFile(file)).toEqual(adapter);
});

test('truncated anywhere, it is refused', () => {
  for (const file of originals) {
    for (let length = 0; length < file.byteLength; length += 1) {
      expect(() => parseAdapterFile(file.subarray(0, length))).toThrow(ServiceError);
    }
  }
});

test('2,500 bit flips, one to eight at a time', () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fileArbitrary, flips, (original, places) => {
      const file = original.slice();
      for (const [at, bit] of places) {
        const index = at % file.byteLength;
        file[index] = (file[index] ?? 0) ^ (1 << bit);
      }
      expectRefusalOrAdapter(file);
    }),
    { numRuns: 2_500 },
  );
});

test('2,500 headers with one number that lies', () => {
  const lies = fc.oneof(
    fc.integer(),
    fc.nat(400),
    fc.constantFrom(2 ** 31, 2 ** 53, 1e300, -1, 0.5, '"4"', 'null', '[[1]]'),
  );
  fc.assert(
    fc.property(fileArbitrary, fc.nat(), lies, (original, which, lie) => {
      const file = withHeader(original, (json) => {
        const numbers = [...json.matchAll(/(?<=[[,:])\d+/g)];
        const target = numbers[which % numbers.length];
        if (!target) return json;
        return `${json.slice(0, target.index)}${lie}${json.slice(target.index + target[0].length)}`;
      });
      expectRefusalOrAdapter(file);
    }),
    { numRuns: 2_500 },
  );
});

test('1,500 header lengths that lie', () => {
  fc.assert(
    fc.property(fileArbitrary, fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 4_000n)), (original, length) => {
      const file = original.slice();
      new DataView(file.buffer).setBigUint64(0, length, true);
      expectRefusalOrAdapter(file);
    }),
    { numRuns: 1_500 },
  );
});

test('2,000 headers with text cut, doubled or replaced', () => {
  fc.assert(
    fc.property(fileArbitrary, fc.nat(), fc.nat(60), fc.oneof(fc.string(), fc.json()), (original, at, length, text) => {
      const file = withHeader(original, (json) => {
        const start = at % json.length;
        return json.slice(0, start) + text + json.slice(start + length);
      });
      expectRefusalOrAdapter(file);
    }),
    { numRuns: 2_000 },
  );
});

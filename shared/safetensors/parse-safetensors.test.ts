import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ServiceError } from '#shared/errors/service-error.ts';
import { parseSafetensorsHeader } from '#shared/safetensors/parse-safetensors.ts';
import type { SafetensorsLimits } from '#shared/safetensors/safetensors-limits.ts';
import { dtypeBytes, type TensorDtype } from '#shared/safetensors/tensor-dtype.ts';
import { writeSafetensors } from '#shared/safetensors/write-safetensors.ts';

/** A file with any header text, and a data section of zeros. */
function fileOf(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.byteLength + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  file.set(json, 8);
  return file;
}

function refusal(file: Uint8Array, fileBytes = file.byteLength, limits: SafetensorsLimits = {}): ServiceError {
  try {
    parseSafetensorsHeader(file, fileBytes, limits);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

const entry = (dtype: string, shape: unknown, offsets: unknown) => ({ dtype, shape, data_offsets: offsets });

describe('refuses', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /0 bytes, fewer than the 8/],
    ['a header length past the file', fileOf('{}').with(0, 200), /header length at offset 0 is 200, more than the 2/],
    ['a header length past the limit', fileOf('{}').with(7, 1), /more than the limit 100000000/],
    ['a header that is no object', fileOf('[]'), /does not start with "\{"/],
    ['broken JSON', fileOf('{"a":'), /not valid UTF-8 JSON/],
    ['broken UTF-8', fileOf('{"a":1}').with(10, 0xff), /not valid UTF-8 JSON/],
    ['a duplicate tensor', fileOf('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{}}'), /"a" twice/],
    ['metadata that is no string', fileOf('{"__metadata__":{"k":1}}'), /"k" is not a string/],
    ['an unknown dtype', fileOf(JSON.stringify({ a: entry('F31', [], [0, 4]) }), 4), /tensor "a" has dtype "F31"/],
    [
      'a dtype named like a method',
      fileOf(JSON.stringify({ a: entry('toString', [], [0, 4]) }), 4),
      /dtype "toString"/,
    ],
    ['a negative dimension', fileOf(JSON.stringify({ a: entry('U8', [-1], [0, 0]) })), /tensor "a" has shape \[-1\]/],
    ['a fraction of a row', fileOf(JSON.stringify({ a: entry('U8', [1.5], [0, 1]) }), 1), /has shape \[1.5\]/],
    ['an unsafe dimension', fileOf(JSON.stringify({ a: entry('U8', [2 ** 53], [0, 1]) }), 1), /has shape/],
    [
      'a product that overflows',
      fileOf(JSON.stringify({ a: entry('U8', [2 ** 52, 2 ** 52], [0, 1]) }), 1),
      /needs 2.*e\+31 bytes/,
    ],
    ['a wrong size', fileOf(JSON.stringify({ a: entry('F32', [2], [0, 4]) }), 4), /needs 8 bytes.*hold 4/],
    ['offsets backwards', fileOf(JSON.stringify({ a: entry('U8', [0], [4, 0]) }), 4), /end before they begin/],
    ['offsets past the data', fileOf(JSON.stringify({ a: entry('U8', [9], [0, 9]) }), 4), /offset 9 .* has 4 bytes/],
    ['three offsets', fileOf(JSON.stringify({ a: entry('U8', [1], [0, 1, 1]) }), 1), /data_offsets \[0, 1, 1\]/],
    ['an unknown field', fileOf('{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"x":1}}', 1), /unknown field "x"/],
    [
      'an overlap',
      fileOf(JSON.stringify({ a: entry('U8', [2], [0, 2]), b: entry('U8', [2], [1, 3]) }), 3),
      /tensor "b" begins at offset 1, inside tensor "a"/,
    ],
    [
      'a hole',
      fileOf(JSON.stringify({ a: entry('U8', [1], [0, 1]), b: entry('U8', [1], [2, 3]) }), 3),
      /\[1, 2\) before tensor "b"/,
    ],
    [
      'bytes after the last tensor',
      fileOf(JSON.stringify({ a: entry('U8', [1], [0, 1]) }), 3),
      /3 bytes, of which the tensors cover 1/,
    ],
    [
      'a shape nested past any stack',
      fileOf(`{"a":{"dtype":"U8","shape":${'['.repeat(50_000)}${']'.repeat(50_000)},"data_offsets":[0,1]}}`, 1),
      /has shape/,
    ],
  ])('%s', (_, file, message) => {
    const error = refusal(file);
    expect(error.code).toBe('invalid_weights');
    expect(error.message).toMatch(message);
  });

  test('what passes the caller’s own limits, with the caller’s code', () => {
    const file = writeSafetensors([
      { name: 'a', dtype: 'U8', shape: [1, 1, 1], data: new Uint8Array(1) },
      { name: 'b', dtype: 'U8', shape: [1], data: new Uint8Array(1) },
      { name: 'c', dtype: 'U8', shape: [1], data: new Uint8Array(1) },
    ]);
    const code = { errorCode: 'invalid_adapter' } as const;
    expect(refusal(file, file.byteLength, { ...code, tensorsMax: 1 }).message).toMatch(
      /3 tensors, more than the limit 1/,
    );
    expect(refusal(file, file.byteLength, { ...code, dimensionsMax: 2 }).message).toMatch(/3 dimensions.*limit 2/);
    expect(refusal(file, file.byteLength, { ...code, headerBytesMax: 10 }).code).toBe('invalid_adapter');
  });

  test('bytes that end inside the header', () => {
    const file = writeSafetensors([{ name: 'a', dtype: 'U8', shape: [1], data: new Uint8Array(1) }]);
    expect(refusal(file.subarray(0, 20), file.byteLength).message).toMatch(/only 20 bytes are here/);
  });
});

const tensorArbitrary = fc
  .record({
    name: fc.string().filter((name) => name !== '__metadata__'),
    dtype: fc.constantFrom(...(Object.keys(dtypeBytes) as TensorDtype[])),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
  })
  .chain(({ name, dtype, shape }) => {
    const bytes = shape.reduce((product, count) => product * count, dtypeBytes[dtype]);
    return fc.record({
      name: fc.constant(name),
      dtype: fc.constant(dtype),
      shape: fc.constant(shape),
      data: fc.uint8Array({ minLength: bytes, maxLength: bytes }),
    });
  });

test('what is written is read back, the header alone is enough, and order never changes the bytes', () => {
  const tensors = fc.uniqueArray(tensorArbitrary, { selector: ({ name }) => name, maxLength: 6 });
  fc.assert(
    fc.property(tensors, fc.dictionary(fc.string(), fc.string()), (written, metadata) => {
      const file = writeSafetensors(written, metadata);
      const headerBytes = Number(new DataView(file.buffer).getBigUint64(0, true)) + 8;
      const header = parseSafetensorsHeader(file.slice(0, headerBytes), file.byteLength);
      expect({ ...header.metadata }).toEqual({ ...metadata });
      expect(header.dataOffset % 8).toBe(0);
      expect(header.tensors.size).toBe(written.length);
      for (const { name, dtype, shape, data } of written) {
        const read = header.tensors.get(name);
        expect(read).toMatchObject({ dtype, shape });
        const { begin = 0, end = 0 } = read ?? {};
        expect((header.dataOffset + begin) % dtypeBytes[dtype]).toBe(0);
        expect(file.slice(header.dataOffset + begin, header.dataOffset + end)).toEqual(data);
      }
      expect(writeSafetensors([...written].reverse(), metadata)).toEqual(file);
    }),
  );
});

test('the writer refuses a duplicate name and data of another size', () => {
  const tensor = { name: 'a', dtype: 'F32', shape: [1], data: new Float32Array(1) } as const;
  expect(() => writeSafetensors([tensor, tensor])).toThrow(/"a" cannot be written: the name is taken/);
  expect(() => writeSafetensors([{ ...tensor, shape: [2] }])).toThrow(/needs 8 bytes, got 4/);
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WeightsFileWriter } from '#gpu-worker/language-model/weights-file-writer.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-writer-'));
  path = join(folder, 'weights.bin');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('starts every tensor on a page and says where it is', () => {
  const writer = new WeightsFileWriter(path);
  writer.write('first', 'float32', [3], [Float32Array.of(1, 2, 3)]);
  writer.write('whole page', 'int8', [4_096], [new Int8Array(4_096).fill(7)]);
  writer.write('last', 'int8', [2, 1], [Int8Array.of(-1, 5)]);
  writer.close();
  expect(writer.tensors).toEqual({
    first: { type: 'float32', shape: [3], offset: 0, length: 12 },
    'whole page': { type: 'int8', shape: [4_096], offset: 4_096, length: 4_096 },
    last: { type: 'int8', shape: [2, 1], offset: 8_192, length: 2 },
  });
  const bytes = readFileSync(path);
  expect(bytes.length).toBe(8_194);
  expect(new Float32Array(new Uint8Array(bytes.subarray(0, 12)).buffer)).toEqual(Float32Array.of(1, 2, 3));
  expect(bytes.subarray(12, 4_096).every((byte) => byte === 0)).toBe(true);
  expect(bytes.subarray(4_096, 8_192).every((byte) => byte === 7)).toBe(true);
  expect([...bytes.subarray(8_192)]).toEqual([255, 5]);
});

it('joins blocks, views of a larger buffer and empty ones among them', () => {
  const values = Float32Array.of(9, 1, 2, 3, 9);
  const writer = new WeightsFileWriter(path);
  writer.write('joined', 'float32', [4], [values.subarray(1, 3), new Float32Array(0), values.subarray(3, 5)]);
  writer.close();
  expect(writer.tensors['joined']).toMatchObject({ offset: 0, length: 16 });
  expect(new Float32Array(new Uint8Array(readFileSync(path)).buffer)).toEqual(Float32Array.of(1, 2, 3, 9));
});

it('asks for a block only when the one before it is written', () => {
  const sizes: number[] = [];
  function* blocks() {
    for (let block = 0; block < 3; block += 1) {
      sizes.push(readFileSync(path).length);
      yield Float32Array.of(block);
    }
  }
  const writer = new WeightsFileWriter(path);
  writer.write('streamed', 'float32', [3], blocks());
  writer.close();
  expect(sizes).toEqual([0, 4, 8]);
});

it('refuses a second tensor of the same name, and a file that is there already', () => {
  const writer = new WeightsFileWriter(path);
  writer.write('twice', 'int8', [1], [Int8Array.of(1)]);
  expect(() => writer.write('twice', 'int8', [1], [Int8Array.of(2)])).toThrow('the tensor "twice" is written twice');
  writer.close();
  expect([...readFileSync(path)]).toEqual([1]);
  expect(() => new WeightsFileWriter(path)).toThrow('EEXIST');
});

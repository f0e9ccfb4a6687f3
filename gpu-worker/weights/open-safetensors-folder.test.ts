import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSafetensorsFolder } from '#gpu-worker/weights/open-safetensors-folder.ts';
import { type TensorToWrite, writeSafetensors } from '#shared/safetensors/write-safetensors.ts';
import { floatTensor } from '#test/support/small-checkpoint.ts';

const root = mkdtempSync(join(tmpdir(), 'safetensors-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with the given shards and index. */
function sharded(name: string, shards: Readonly<Record<string, readonly TensorToWrite[]>>, weightMap: unknown): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  for (const [shard, tensors] of Object.entries(shards)) writeFileSync(join(folder, shard), writeSafetensors(tensors));
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map: weightMap }));
  return folder;
}

const first = 'model-00001-of-00002.safetensors';
const second = 'model-00002-of-00002.safetensors';

describe('openSafetensorsFolder', () => {
  it('reads rows of tensors wherever their shard is, in F32, F16 and BF16', () => {
    const halves: TensorToWrite = {
      name: 'half',
      dtype: 'F16',
      shape: [2, 2],
      data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff),
    };
    const brains: TensorToWrite = { name: 'brain', dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0xc049) };
    const folder = sharded(
      'good',
      { [first]: [floatTensor('a', [3, 2]), brains], [second]: [halves] },
      { a: first, brain: first, half: second },
    );
    const source = openSafetensorsFolder(folder);
    expect([...source.tensors.keys()].sort()).toEqual(['a', 'brain', 'half']);
    expect(source.readRows('a', 1, 3)).toEqual(Float32Array.of(2, 3, 4, 5));
    expect(source.readRows('half')).toEqual(Float32Array.of(1, -2, 2 ** -24, 65_504));
    expect(source.readRows('brain')).toEqual(Float32Array.of(1, -3.140625));
    expect(Buffer.concat([...source.storedBytes('half')]).toString('hex')).toBe('003c00c00100ff7b');
    source.close();
  });

  it.each([
    ['a shard that is missing', {}, { a: first }, `the shard "${first}" that it names is missing`],
    [
      'a tensor that its shard lacks',
      { [first]: [floatTensor('a', [1])] },
      { a: first, b: first },
      `tensor "b": the index says that it is in "${first}", but it is not`,
    ],
    [
      'a tensor that the index does not name',
      { [first]: [floatTensor('a', [1]), floatTensor('b', [1])] },
      { a: first },
      `tensor "b", byte `,
    ],
    [
      'a tensor in another shard than named',
      { [first]: [floatTensor('a', [1])], [second]: [floatTensor('b', [1])] },
      { a: second, b: second },
      `tensor "a": the index says that it is in "${second}"`,
    ],
    [
      'a shard outside the folder',
      {},
      { a: '../outside.safetensors' },
      'tensor "a": its shard "../outside.safetensors" is not a plain file name',
    ],
    ['an absolute shard', {}, { a: '/etc/model.safetensors' }, 'is not a plain file name'],
    ['a shard in a sub-folder', {}, { a: 'deep/model.safetensors' }, 'is not a plain file name'],
    ['a hidden shard', {}, { a: '..safetensors' }, 'is not a plain file name'],
    ['a shard that is no text', {}, { a: 7 }, 'its shard 7 is not a plain file name'],
    ['an index without a map', {}, [], '"weight_map" is not an object'],
    [
      'a dtype that is not a weight',
      { [first]: [{ name: 'a', dtype: 'I64', shape: [1], data: new BigInt64Array(1) } as const] },
      { a: first },
      'dtype I64 is not supported for weights; supported are F32, F16, BF16',
    ],
  ])('refuses %s', (name, shards, weightMap, message) => {
    const folder = sharded(name, shards, weightMap);
    expect(() => openSafetensorsFolder(folder)).toThrow(
      expect.objectContaining({ code: 'invalid_weights', message: expect.stringContaining(message) as string }),
    );
  });

  it('names the file in what the parser refuses', () => {
    const folder = join(root, 'short');
    mkdirSync(folder);
    writeFileSync(join(folder, 'model.safetensors'), 'short');
    expect(() => openSafetensorsFolder(folder)).toThrow(
      `${join(folder, 'model.safetensors')}: safetensors: the file has 5 bytes`,
    );
    rmSync(join(folder, 'model.safetensors'));
    expect(() => openSafetensorsFolder(folder)).toThrow(
      'it has neither model.safetensors nor model.safetensors.index.json',
    );
  });

  it('refuses an index that is not JSON', () => {
    const folder = sharded('broken-index', {}, {});
    writeFileSync(join(folder, 'model.safetensors.index.json'), '{');
    expect(() => openSafetensorsFolder(folder)).toThrow('it is not UTF-8 JSON');
  });
});

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { byteSourceOf } from '#gpu-worker/weights/byte-source.ts';
import { ggufFileOf, openGguf } from '#gpu-worker/weights/open-gguf.ts';
import { countingTensor, smallGguf } from '#test/support/small-gguf.ts';
import { writeGguf } from '#test/support/write-gguf.ts';

const folder = mkdtempSync(join(tmpdir(), 'open-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('openGguf', () => {
  it('reads any rows of a tensor from the file', () => {
    const path = join(folder, 'small.gguf');
    writeFileSync(path, smallGguf());
    const file = openGguf(path);
    expect(file.readRows('blk.0.ffn_down.weight')).toEqual(Float32Array.from({ length: 2048 }, (_, index) => index));
    expect(file.readRows('blk.0.ffn_down.weight', 31)).toEqual(
      Float32Array.from({ length: 64 }, (_, index) => 31 * 64 + index),
    );
    expect(file.readRows('token_embd.weight', 1, 1)).toEqual(new Float32Array(0));
    expect(() => file.readRows('token_embd.weight', 1, 4)).toThrow('rows 1 to 4 are not within its 3 rows');
    expect(() => file.readRows('token_embd.weight', 0.5, 1)).toThrow('rows 0.5 to 1');
    expect(() => file.readRows('nothing')).toThrow('there is no tensor "nothing"');
    file.close();
    file.close();
  });

  it('reads a tensor larger than one piece the same as in rows', () => {
    const rows = 1_100;
    const file = ggufFileOf(byteSourceOf(writeGguf({ metadata: [], tensors: [countingTensor('w', [rows, 1024])] })));
    const whole = file.readRows('w');
    expect(whole.length).toBe(rows * 1024);
    expect(whole.every((value, index) => value === index)).toBe(true);
    expect(whole.subarray(1_050 * 1024, 1_060 * 1024)).toEqual(file.readRows('w', 1_050, 1_060));
  });

  it('refuses rows that split a block of a quantised vector', () => {
    const data = new Uint8Array(68).fill(1);
    const file = ggufFileOf(
      byteSourceOf(writeGguf({ metadata: [], tensors: [{ name: 'v', shape: [64], type: 8, data }] })),
    );
    expect(file.readRows('v', 32, 64).length).toBe(32);
    expect(() => file.readRows('v', 16, 64)).toThrow('rows 16 to 64 split a Q8_0 block of 32 elements');
  });

  it('says so when the file shrinks while it is open', () => {
    const path = join(folder, 'shrinking.gguf');
    const bytes = smallGguf();
    writeFileSync(path, bytes);
    const file = openGguf(path);
    truncateSync(path, bytes.length - 100);
    expect(() => file.readRows('blk.0.ffn_down.weight')).toThrow(
      `byte ${bytes.length - 100}: the file has shrunk below the ${bytes.length} bytes`,
    );
    file.close();
  });

  it('refuses a path that is missing or not a regular file', () => {
    expect(() => openGguf(join(folder, 'missing.gguf'))).toThrow(
      'cannot be opened (ENOENT: no such file or directory)',
    );
    expect(() => openGguf(folder)).toThrow('is not a regular file');
  });
});

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrowingBuffer, PrefixStore, sweepPrefixes } from '#gpu-worker/training/threads/prefix-store.ts';
import { everySwitchConfig } from '#test/support/small-manifest.ts';

const { layers, keyValueHeads, headSize } = everySwitchConfig;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-prefixes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const prefixOf = (length: number, seed: number) => ({
  length,
  tensors: Array.from({ length: layers * 2 }, (_, tensor) =>
    Uint16Array.from(
      { length: length * keyValueHeads * headSize },
      (__, n) => (seed * 7_919 + tensor * 31 + n) % 65_536,
    ),
  ),
});
const bytesOf = (length: number) => length * keyValueHeads * headSize * layers * 2 * 2;
const open = (bytes = 1e9) => new PrefixStore(folder, everySwitchConfig, bytes);

describe('a prefix store', () => {
  it('gives back what it was given, to another store of the same folder too', () => {
    const [first, second] = [prefixOf(3, 1), prefixOf(2, 2)];
    open().set([1, 2, 3], first);
    open().set([1, 2], second);
    expect(open().get([1, 2, 3], new GrowingBuffer())).toEqual(first);
    expect(open().get([1, 2], new GrowingBuffer())).toEqual(second);
    expect(open().get([3, 2, 1], new GrowingBuffer())).toBeNull();
  });

  it('reads into memory that is used again, larger prefixes and smaller ones', () => {
    const [large, small] = [prefixOf(3, 1), prefixOf(2, 2)];
    const store = open();
    store.set([1, 2, 3], large);
    store.set([1, 2], small);
    const buffer = new GrowingBuffer();
    for (const _ of [1, 2]) {
      expect(store.get([1, 2], buffer)).toEqual(small);
      expect(store.get([1, 2, 3], buffer)).toEqual(large);
    }
  });

  it('adds no more than it may, and forgets a file of another size', () => {
    const store = open(bytesOf(5));
    store.set([1, 2, 3], prefixOf(3, 1));
    store.set([4, 5, 6], prefixOf(3, 2));
    expect(store.get([4, 5, 6], new GrowingBuffer())).toBeNull();
    const [name = ''] = readdirSync(folder);
    truncateSync(join(folder, name), bytesOf(3) - 1);
    expect(store.get([1, 2, 3], new GrowingBuffer())).toBeNull();
  });

  it('makes room by what was used longest ago, and only when there is little', () => {
    const store = open();
    for (const id of [1, 2, 3, 4]) {
      store.set([id, 0], prefixOf(2, id));
      const [newest = ''] = readdirSync(folder).toSorted(
        (a, b) => statSync(join(folder, b)).ino - statSync(join(folder, a)).ino,
      );
      utimesSync(join(folder, newest), id, id);
    }
    // One left by a process that was killed, and one that another process is writing.
    for (const name of ['half.tmp', 'writing.tmp']) writeFileSync(join(folder, name), 'x');
    utimesSync(join(folder, 'half.tmp'), 1, 1);
    expect(sweepPrefixes(folder, 10 * bytesOf(2))).toBe(6 * bytesOf(2));
    expect(readdirSync(folder).filter((name) => name.endsWith('.kv'))).toHaveLength(4);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual(['writing.tmp']);
    // Used just now: it is the newest.
    expect(store.get([1, 0], new GrowingBuffer())).not.toBeNull();
    expect(sweepPrefixes(folder, 4 * bytesOf(2))).toBe(bytesOf(2));
    expect([1, 2, 3, 4].filter((id) => store.get([id, 0], new GrowingBuffer()) !== null)).toEqual([1, 3, 4]);
  });

  it('has all its room where there is no folder yet', () => {
    mkdirSync(join(folder, 'other'));
    expect(sweepPrefixes(join(folder, 'none'), 100)).toBe(100);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyValues } from '#gpu-worker/scoring/key-values.ts';
import { PrefixCache } from '#gpu-worker/scoring/prefix-cache/prefix-cache.ts';

/** Four tensors of `length` × 8 numbers, all of them `mark`. */
function keyValues(mark: number, length = 2_000): KeyValues {
  return { length, tensors: Array.from({ length: 4 }, () => new Uint16Array(length * 8).fill(mark)) };
}

const numberBytes = 2 * 4 * 8 * 2_000;

describe('PrefixCache', () => {
  it('gives back what was put in, as a copy of its own', () => {
    const cache = new PrefixCache(1_000_000);
    const made = keyValues(3);
    const kept = cache.set('a', made);
    made.tensors[0]?.fill(0);
    expect(kept).toEqual(keyValues(3));
    expect(cache.get('a')).toBe(kept);
    expect(cache.get('b')).toBeNull();
    expect(cache.statistics()).toMatchObject({ hits: 1, misses: 1, evictions: 0, entries: 1 });
  });

  it('takes what lies in one stretch of memory as it is', () => {
    const cache = new PrefixCache(1_000_000);
    const whole = new Uint16Array(8);
    const values = { length: 1, tensors: [whole.subarray(0, 4), whole.subarray(4)] };
    expect(cache.set('a', values)).toBe(values);
  });

  it('keeps float32 as float32', () => {
    const cache = new PrefixCache(1_000_000);
    const values = { length: 1, tensors: [Float32Array.of(0.1, 0.2), Float32Array.of(-3)] };
    cache.set('a', values);
    expect(cache.get('a')).toEqual(values);
  });

  it('throws out what was not used for longest', () => {
    const cache = new PrefixCache(3.5 * numberBytes);
    for (const key of ['a', 'b', 'c']) cache.set(key, keyValues(1, 1_800));
    cache.get('a');
    cache.set('d', keyValues(1, 1_800));
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== null)).toEqual([true, false, true, true]);
    expect(cache.statistics().evictions).toBe(1);
  });

  it('keeps what was used often through many that are used once, but not for ever', () => {
    const cache = new PrefixCache(3.5 * numberBytes);
    cache.set('popular', keyValues(1, 1_800));
    for (let use = 0; use < 5; use += 1) cache.get('popular');
    const passing = (count: number) => {
      for (let one = 0; one < count; one += 1) cache.set(`passing ${one}`, keyValues(2, 1_800));
      return cache.get('popular') !== null;
    };
    expect(passing(8)).toBe(true);
    expect(passing(100)).toBe(false);
  });

  it('counts what replaces an entry once', () => {
    const cache = new PrefixCache(3.5 * numberBytes);
    for (let again = 0; again < 10; again += 1) cache.set('a', keyValues(again, 1_800));
    expect(cache.get('a')).toEqual(keyValues(9, 1_800));
    expect(cache.statistics()).toMatchObject({ entries: 1, evictions: 0 });
    expect(cache.statistics().bytes).toBeLessThan(1.5 * numberBytes);
  });

  it('leaves what was thrown out readable until nobody reads it, and then frees it', () => {
    const cache = new PrefixCache(1.5 * numberBytes);
    const read = cache.set('a', keyValues(7));
    cache.set('b', keyValues(8));
    expect(read).toEqual(keyValues(7));
    cache.release();
    expect(read.tensors.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0]);
    expect(cache.get('b')).toEqual(keyValues(8));
  });

  it('does not keep what is larger than all of it, but hands it on', () => {
    const cache = new PrefixCache(numberBytes);
    expect(cache.set('a', keyValues(5))).toEqual(keyValues(5));
    expect(cache.get('a')).toBeNull();
    const handedOn = cache.set('b', keyValues(6));
    cache.release();
    expect(handedOn).toEqual(keyValues(6));
    expect(new PrefixCache(0).set('a', keyValues(5))).toEqual(keyValues(5));
  });

  it('holds its budget, and uses it: any prefixes in any order, between 95 % and all of it once it is full', () => {
    const bytesMax = 40 * numberBytes;
    const put = fc.record({ key: fc.integer({ min: 0, max: 200 }), length: fc.integer({ min: 20, max: 2_000 }) });
    fc.assert(
      fc.property(fc.array(put, { minLength: 150, maxLength: 200 }), (puts) => {
        const cache = new PrefixCache(bytesMax);
        const expected = new Map<string, number>();
        for (const { key, length } of puts) {
          const name = String(key);
          const known = cache.get(name);
          if (known !== null) expect(known.length).toBe(expected.get(name));
          else cache.set(name, keyValues(key, length));
          expected.set(name, known?.length ?? length);
          cache.release();
          expect(cache.statistics().bytes).toBeLessThanOrEqual(bytesMax);
        }
        const { evictions, bytes } = cache.statistics();
        if (evictions > 0) expect(bytes).toBeGreaterThan(0.95 * bytesMax);
      }),
      { numRuns: 20 },
    );
  });
});

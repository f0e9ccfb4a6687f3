import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom, shuffled } from '#gpu-worker/training/seeded-random.ts';

const draws = (seed: number, purpose: string, index: number): number[] => {
  const random = seededRandom(seed, purpose, index);
  return Array.from({ length: 20 }, () => random.uniform());
};

it('draws the same numbers for the same seed, purpose and place, and others when any of them differs', () => {
  const first = draws(7, 'negatives', 17);
  expect(draws(7, 'negatives', 17)).toEqual(first);
  for (const other of [draws(8, 'negatives', 17), draws(7, 'epoch', 17), draws(7, 'negatives', 18)]) {
    expect(other).not.toEqual(first);
  }
});

it('draws uniform numbers in [0, 1) and integers below the bound, and reaches all of them', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), (seed, below) => {
      const random = seededRandom(seed, 'range', 0);
      const uniform = Array.from({ length: 50 }, () => random.uniform());
      expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...uniform)).toBeLessThan(1);
      const integers = new Set(Array.from({ length: 300 }, () => random.integer(below)));
      expect([...integers].sort((a, b) => a - b)).toEqual(Array.from({ length: below }, (_, value) => value));
    }),
    { numRuns: 30 },
  );
});

it('shuffles without losing or doubling an item, and leaves the list alone', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.nat(), (items, seed) => {
      const before = [...items];
      const order = shuffled(items, seededRandom(seed, 'shuffle', 0));
      expect(items).toEqual(before);
      expect([...order].sort()).toEqual([...items].sort());
    }),
  );
});

it('shuffles every item to every place about equally often', () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 3_000; index += 1) {
    const order = shuffled(['a', 'b', 'c'], seededRandom(1, 'fair', index)).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // 500 each; five standard deviations are 102.
  for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(102);
});

import { seedDigest } from '#gpu-worker/evaluation/seeded-generator.ts';

/** `items` in an order drawn from `seed` and each item's own key: adding or dropping items does not move the others against each other. */
export function seededOrder<T>(items: readonly T[], seed: number, keyOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, key: seedDigest([seed, keyOf(item)]) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ item }) => item);
}

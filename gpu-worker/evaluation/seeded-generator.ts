import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A generator of random numbers that depends on `parts` alone: the same on every machine, another for any other part. */
export function seededGenerator(...parts: readonly (string | number)[]): RandomGenerator {
  return xoroshiro128plus(seedDigest(parts).readInt32LE());
}

/** 32 bytes that depend on `parts` alone. */
export function seedDigest(parts: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

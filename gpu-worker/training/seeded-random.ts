import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededGenerator } from '#gpu-worker/evaluation/seeded-generator.ts';

export interface SeededRandom {
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Uniform in 0 … below − 1. */
  readonly integer: (below: number) => number;
}

/**
 * Random numbers of one purpose at one place of a training run (`negatives`, step 17). Derived from the seed alone, never handed on: a resumed
 * run draws the same numbers as an undisturbed one without any state to save.
 */
export function seededRandom(seed: number, purpose: string, index: number): SeededRandom {
  const generator = seededGenerator(seed, purpose, index);
  return {
    uniform: () => uniformFloat64(generator),
    integer: (below) => uniformInt(generator, 0, below - 1),
  };
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    const kept = order[last];
    const moved = order[other];
    if (kept === undefined || moved === undefined) throw new Error('an index within the list has an item');
    order[last] = moved;
    order[other] = kept;
  }
  return order;
}

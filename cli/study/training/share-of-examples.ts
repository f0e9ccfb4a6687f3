import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';

/** Draws the smaller sets; each is part of every larger one. */
const shareSeed = 0;

/** How many of `queries` a share is: one at least. */
export function shareCount(queries: number, share: number): number {
  return Math.max(1, Math.round(queries * share));
}

/** A share of the examples, in their order. */
export function shareOfExamples(examples: readonly TrainingExample[], share: number): TrainingExample[] {
  const order = seededOrder(examples, shareSeed, ({ queryId }) => queryId);
  const drawn = new Set(order.slice(0, shareCount(examples.length, share)));
  return examples.filter((example) => drawn.has(example));
}

import { expect } from 'vitest';

/** Tolerances of the golden README, by name: what is compared decides which one holds. */
export const tolerances = {
  /** Logits and log-probabilities of the tiny models, absolute. */
  tinyLogits: 2e-4,
  /** The same with and without a K/V cache. */
  cachedLogits: 1e-4,
  /**
   * Log-probabilities of the tiny models in float16, against PyTorch's float32: logits of magnitude 4 are rounded to 2^-8, and so is what goes into them.
   */
  fp16TinyLogProbability: 0.02,
  /** The mean over the targets of the real model in float16. */
  fp16RealMean: 0.02,
  /** Hint blocks and input embeddings. */
  hints: 1e-4,
  /** Log-probabilities behind hints. */
  hintLogProbabilities: 2e-4,
  /** One log-probability of the real model. */
  realLogProbability: 2e-3,
  /** The mean over the targets of the real model. */
  realMean: 5e-4,
  /** Training loss and its NLL matrix, before any step. */
  loss: 2e-4,
  /** A gradient: absolute plus relative. */
  gradientAbsolute: 1e-4,
  gradientRelative: 1e-3,
  /** Losses and parameters over three AdamW steps. */
  trainedLoss: 1e-3,
  trainedParameter: 1e-3,
  /** Parameters whose true gradient is zero: three steps of lr 1e-2 that float noise may have made. */
  noisyParameter: 0.03,
} as const;

/** Fails with the tensor's name, the worst index, what was expected there and what was got. */
export function expectClose(
  name: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(got.length, `${name}: number of values`).toBe(expected.length);
  let worst = -1;
  let difference = 0;
  for (let index = 0; index < expected.length; index += 1) {
    const delta = Math.abs((got[index] ?? Number.NaN) - (expected[index] ?? Number.NaN));
    if (!(delta <= difference)) {
      worst = index;
      difference = delta;
    }
    if (Number.isNaN(delta)) break;
  }
  expect(
    difference,
    `${name}: worst at index ${worst}, expected ${expected[worst]}, got ${got[worst]}`,
  ).toBeLessThanOrEqual(tolerance);
}

/** As `expectClose`, where the golden file holds the tensor (it keeps a sample of the large ones); says whether it did, so that a test can see to it that some were compared. */
export function expectCloseIfStored(
  tensors: ReadonlyMap<string, Float32Array>,
  name: string,
  got: ArrayLike<number>,
  tolerance: number,
): boolean {
  const expected = tensors.get(name);
  if (expected === undefined) return false;
  expectClose(name, got, expected, tolerance);
  return true;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noKeyValues } from '#gpu-worker/scoring/key-values.ts';
import type { TargetRun } from '#gpu-worker/scoring/suffix-feeds.ts';
import { LanguageModelGradient, prepareGradientGraph } from '#gpu-worker/training/gradients/language-model-gradient.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import { centralDifference } from '#test/support/central-difference.ts';
import { writeRandomCheckpoint } from '#test/support/random-checkpoint.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

/** Relative to the gradient's norm, the largest slope that a unit direction can have; float32 leaves about 1e-5. */
const tolerance = 1e-4;

const prefixIds = [1, 5, 9, 12, 7, 20, 21, 50, 63, 73];
const suffixIds = [30, 31, 64, 58, 22, 40, 41, 22, 54, 59];
const targetIds = [54, 59, 2];

const folder = mkdtempSync(join(tmpdir(), 'hintrank-gradient-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The golden models, and one of random weights with head norms and every bias that its family may have. */
const models: readonly [string, () => string][] = [
  ['tiny-llama', () => join(goldenFolder, 'tiny-llama')],
  ['tiny-qwen2', () => join(goldenFolder, 'tiny-qwen2')],
  [
    'a random Qwen3',
    () => writeRandomCheckpoint(folder, { model_type: 'qwen3', attention_bias: true, vocab_size: 80, head_dim: 20 }),
  ],
];

describe.each(models)('%s, two layers', (_, pathOf) => {
  let golden: GoldenModel;
  let gradient: LanguageModelGradient;
  let run: TargetRun;

  beforeAll(async () => {
    golden = await prepareGoldenModel(pathOf(), 'fp32');
    const { config } = golden.model;
    gradient = await LanguageModelGradient.open(
      prepareGradientGraph(config, golden, { slots: 2, keyValueType: 'float32' }),
      config,
    );
    const past = await golden.runner.keyValues(golden.embeddings.gather(prefixIds));
    run = { embeddings: golden.embeddings.gather(suffixIds), past, targetRows: [7, 8, 9], targetIds };
  });
  afterAll(async () => {
    await gradient.close();
    await golden.close();
  });

  /** Σ −log p by the forward graph alone. */
  async function loss(embeddings: Float32Array, from: TargetRun): Promise<number> {
    const [values = new Float32Array(0)] = await golden.runner.logProbabilities([{ ...from, embeddings }]);
    return -values.reduce((sum, value) => sum + value, 0);
  }

  async function expectSlope(from: TargetRun, seed: number): Promise<void> {
    const [result] = await gradient.run([from]);
    if (result === undefined) throw new Error('one sequence has one result');
    const normal = seededNormal(seed);
    const drawn = Float64Array.from(from.embeddings, () => normal());
    const length = Math.hypot(...drawn);
    const direction = drawn.map((value) => value / length);
    const analytic = direction.reduce((sum, value, index) => sum + value * (result.embeddings[index] ?? Number.NaN), 0);
    const step = 0.05 * Math.sqrt(drawn.length);
    const numeric = await centralDifference(
      (distance) =>
        loss(
          from.embeddings.map((value, index) => value + distance * (direction[index] ?? 0)),
          from,
        ),
      step / 10,
    );
    const norm = Math.hypot(...result.embeddings);
    expect(Math.abs(analytic - numeric) / norm, `analytic ${analytic}, numeric ${numeric}`).toBeLessThan(tolerance);
  }

  it.each([1, 2, 3])('has the slope of the loss behind cached tokens, direction %i', async (seed) => {
    await expectSlope(run, seed);
  });

  it('has it for a whole sequence without a cache', async () => {
    const embeddings = golden.embeddings.gather([...prefixIds, ...suffixIds]);
    await expectSlope({ embeddings, past: noKeyValues, targetRows: [17, 18, 19], targetIds }, 4);
  });

  it('gives the log-probabilities of the forward graph, and the same suffix gradient with a cache and without', async () => {
    const [cached] = await gradient.run([run]);
    expect([cached?.logProbabilities]).toEqual(await golden.runner.logProbabilities([run]));
    const embeddings = golden.embeddings.gather([...prefixIds, ...suffixIds]);
    const [whole] = await gradient.run([{ embeddings, past: noKeyValues, targetRows: [17, 18, 19], targetIds }]);
    if (whole === undefined || cached === undefined) throw new Error('one sequence has one result');
    const suffix = whole.embeddings.subarray(prefixIds.length * golden.embeddings.width);
    const difference = Math.hypot(...suffix.map((value, index) => value - (cached.embeddings[index] ?? Number.NaN)));
    expect(difference / Math.hypot(...suffix)).toBeLessThan(1e-5);
  });

  it('has no gradient at rows behind the last target', async () => {
    const [result] = await gradient.run([{ ...run, targetRows: [5, 6], targetIds: [1, 2] }]);
    const { embeddings = new Float32Array(0) } = result ?? {};
    const { width } = golden.embeddings;
    expect(embeddings.subarray(7 * width).every((value) => value === 0)).toBe(true);
    expect(embeddings.subarray(0, 7 * width).some((value) => value !== 0)).toBe(true);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { prepareGradientGraph } from '#gpu-worker/training/gradients/language-model-gradient.ts';
import { SequenceRunner } from '#gpu-worker/training/threads/sequence-runner.ts';
import type { SequenceTask, TrainingThreadOptions } from '#gpu-worker/training/threads/sequence-task.ts';
import { centralDifference } from '#test/support/central-difference.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-sequences-'));
const normal = seededNormal(3);
const rows = Float32Array.from({ length: 3 * tinyTextHiddenSize }, () => normal());
const task: SequenceTask = {
  prefixKey: 'd1',
  prefixIds: [80, 90, 100, 110],
  cache: 'train',
  suffix: [{ ids: [5, 6] }, { rows }, { ids: [40, 41, 42] }],
  targetIds: [41, 42, 43],
  gradientRows: { start: 2, length: 3 },
};
let options: TrainingThreadOptions;
let runner: SequenceRunner;

beforeAll(async () => {
  const model = openModel(writeTinyTextModel(join(folder, 'model')), { cacheFolder: folder });
  const prepared = prepareModel(model, 'fp32', folder, () => {});
  options = {
    modelPath: join(folder, 'model'),
    forwardGraphPath: prepared.graphPath,
    gradientGraphPath: prepareGradientGraph(model.config, prepared),
    prefixBytesMax: 1_000_000,
  };
  runner = await SequenceRunner.open(model, options);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('gives the loss with and without the backward pass alike, and no gradient where none is asked for', async () => {
  const both = await runner.run(task);
  const forward = await runner.run({ ...task, gradientRows: null });
  expect(forward.gradient).toBeNull();
  expect(both.gradient).toHaveLength(rows.length);
  expect(both.meanNegativeLogLikelihood).toBeCloseTo(forward.meanNegativeLogLikelihood, 5);
});

it('differentiates the mean over the targets, with respect to the rows that were asked for', async () => {
  const { gradient } = await runner.run(task);
  const direction = rows.map(() => normal());
  const expected = [...(gradient ?? [])].reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0);
  const slope = await centralDifference(async (step) => {
    const moved = rows.map((value, index) => value + step * (direction[index] ?? 0));
    const suffix = [{ ids: [5, 6] }, { rows: moved }, { ids: [40, 41, 42] }];
    return (await runner.run({ ...task, suffix, gradientRows: null })).meanNegativeLogLikelihood;
  }, 0.05);
  expect(Math.abs(expected)).toBeGreaterThan(1e-3);
  expect(slope).toBeCloseTo(expected, 3);
});

it('gives the same bits from a kept prefix, from a new one, and where the store has no room', async () => {
  const first = await runner.run(task);
  expect(await runner.run(task)).toEqual(first);
  const model = openModel(options.modelPath, { cacheFolder: folder });
  const withoutStore = await SequenceRunner.open(model, { ...options, prefixBytesMax: 10 });
  expect(await withoutStore.run(task)).toEqual(first);
  model.close();
});

it('runs a sequence whose prefix is not frozen as a whole', async () => {
  const whole = { ...task, prefixKey: '', prefixIds: [], suffix: [{ ids: task.prefixIds }, ...task.suffix] };
  const result = await runner.run({ ...whole, gradientRows: { start: 6, length: 3 } });
  const split = await runner.run(task);
  // The prefix of the split one went through fp16.
  expect(result.meanNegativeLogLikelihood).toBeCloseTo(split.meanNegativeLogLikelihood, 2);
});

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { SequenceRunner } from '#gpu-worker/training/threads/sequence-runner.ts';
import type {
  SequenceResult,
  SequenceTask,
  TrainingThreadOptions,
} from '#gpu-worker/training/threads/sequence-task.ts';
import { centralDifference } from '#test/support/central-difference.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { tinyTextHiddenSize, writeTinyTextModel } from '#test/support/tiny-text-model.ts';
import { trainingGraphs } from '#test/support/training-graphs.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-sequences-'));
const normal = seededNormal(3);
const rows = Float32Array.from({ length: 3 * tinyTextHiddenSize }, () => normal());
const task: SequenceTask = {
  prefixIds: [80, 90, 100, 110],
  suffix: [{ ids: [5, 6] }, { rows }, { ids: [40, 41, 42] }],
  targetIds: [41, 42, 43],
  gradientRows: { start: 2, length: 3 },
};
let options: TrainingThreadOptions;
let runner: SequenceRunner;
let model: FrozenModel;

beforeAll(async () => {
  model = openModel(writeTinyTextModel(join(folder, 'model')), { cacheFolder: folder });
  const prepared = prepareModel(model, 'fp32', folder, () => {});
  options = {
    modelPath: join(folder, 'model'),
    ...trainingGraphs(model, prepared),
    prefixFolder: join(folder, 'prefixes'),
    prefixBytesMax: 1_000_000,
  };
  runner = await SequenceRunner.open(model, options);
});
afterAll(async () => {
  await runner.close();
  model.close();
  rmSync(folder, { recursive: true, force: true });
});

async function runOne(sequence: SequenceTask, by = runner): Promise<SequenceResult> {
  const [result] = await by.run([sequence]);
  if (result === undefined) throw new Error('one sequence has one result');
  return result;
}

it('gives the loss with and without the backward pass alike, and no gradient where none is asked for', async () => {
  const both = await runOne(task);
  const forward = await runOne({ ...task, gradientRows: null });
  expect(forward.gradient).toBeNull();
  expect(both.gradient).toHaveLength(rows.length);
  expect(both.meanNegativeLogLikelihood).toBeCloseTo(forward.meanNegativeLogLikelihood, 5);
});

it('differentiates the mean over the targets, with respect to the rows that were asked for', async () => {
  const { gradient } = await runOne(task);
  const direction = rows.map(() => normal());
  const expected = [...(gradient ?? [])].reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0);
  const slope = await centralDifference(async (step) => {
    const moved = rows.map((value, index) => value + step * (direction[index] ?? 0));
    const suffix = [{ ids: [5, 6] }, { rows: moved }, { ids: [40, 41, 42] }];
    return (await runOne({ ...task, suffix, gradientRows: null })).meanNegativeLogLikelihood;
  }, 0.05);
  expect(Math.abs(expected)).toBeGreaterThan(1e-3);
  expect(slope).toBeCloseTo(expected, 3);
});

it('gives the same bits alone and beside others, in any slot, with one target too', async () => {
  const single = { ...task, targetIds: [43], suffix: [{ ids: [5, 6] }, { rows }, { ids: [40] }] };
  const whole = { ...task, prefixIds: [], suffix: [{ ids: task.prefixIds }, ...task.suffix] };
  const shifted = { ...whole, gradientRows: { start: 6, length: 3 } };
  const alone = [await runOne(task), await runOne(single), await runOne(shifted)];
  expect(await runner.run([task, single, shifted])).toEqual(alone);
  expect(await runner.run([shifted, single])).toEqual([alone[2], alone[1]]);
  const forward = [task, single].map((sequence) => ({ ...sequence, gradientRows: null }));
  const values = [];
  for (const sequence of forward) values.push(await runOne(sequence));
  expect(await runner.run(forward)).toEqual(values);
});

it('gives the same bits from a kept prefix, from a new one, and where the store has no room', async () => {
  const first = await runOne(task);
  expect(await runOne(task)).toEqual(first);
  const withoutStore = await SequenceRunner.open(model, {
    ...options,
    prefixFolder: join(folder, 'none'),
    prefixBytesMax: 10,
  });
  expect(await runOne(task, withoutStore)).toEqual(first);
  await withoutStore.close();
  expect(readdirSync(join(folder, 'none'))).toEqual([]);
});

it('runs a sequence whose prefix is not frozen as a whole', async () => {
  const whole = { ...task, prefixIds: [], suffix: [{ ids: task.prefixIds }, ...task.suffix] };
  const result = await runOne({ ...whole, gradientRows: { start: 6, length: 3 } });
  const split = await runOne(task);
  // The prefix of the split one went through fp16.
  expect(result.meanNegativeLogLikelihood).toBeCloseTo(split.meanNegativeLogLikelihood, 2);
});

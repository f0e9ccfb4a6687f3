import { expect, it } from 'vitest';
import { groupSequences } from '#gpu-worker/training/threads/group-sequences.ts';
import type { SequenceTask } from '#gpu-worker/training/threads/sequence-task.ts';

const taskOf = (rows: number, withGradient = true): SequenceTask => ({
  prefixIds: [1],
  suffix: [{ ids: Array.from({ length: rows - 1 }, () => 1) }, { rows: new Float32Array(8) }],
  targetIds: [1],
  gradientRows: withGradient ? { start: rows - 1, length: 1 } : null,
});
const sizesOf = (tasks: readonly SequenceTask[]) => groupSequences(tasks, 4, 8).map((group) => group.length);

it('fills the slots in order', () => {
  const tasks = Array.from({ length: 9 }, () => taskOf(40));
  expect(sizesOf(tasks)).toEqual([4, 4, 1]);
  expect(groupSequences(tasks, 4, 8).flat()).toEqual(tasks);
});

it('does not run more rows at a time than memory was counted on, but every sequence once', () => {
  expect(sizesOf([200, 120, 1, 500, 100].map((rows) => taskOf(rows)))).toEqual([2, 1, 1, 1]);
});

it('keeps sequences with a gradient from those without', () => {
  expect(sizesOf([taskOf(10), taskOf(10, false), taskOf(10, false), taskOf(10)])).toEqual([1, 2, 1]);
  expect(groupSequences([], 4, 8)).toEqual([]);
});

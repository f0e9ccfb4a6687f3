import { expect, it } from 'vitest';
import { batchWork, templateRows } from '#cli/capacity-plan/simulation/batch-work.ts';
import { tasksOf } from '#cli/capacity-plan/simulation/simulated-task.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

function workOf(
  times: Partial<typeof idleHardware.milliseconds>,
  documents: number,
  queryTokens = 11,
  hasAdapter = false,
) {
  const drawn = Array.from({ length: documents }, (_, id) => ({
    id,
    tokens: 100 - templateRows.prefix,
    isKept: false,
  }));
  const request = { atMs: 0, tenant: 't', documents: drawn, queryTokens, hasAdapter, scoresQuery: false };
  return batchWork(
    tasksOf(request, 0),
    { ...idleHardware.milliseconds, ...times },
    ({ document }) => document?.id === 0,
  );
}

it('computes the prefixes that are not kept, by their tokens with the template’s', () => {
  expect(workOf({ prefixRun: 1, prefixRow: 0.1, prefixRowSquared: 0.01 }, 3)).toBeCloseTo(2 * (1 + 10 + 100), 9);
});

it('runs four suffixes at a time, and slots that are left over cost a row each', () => {
  const rows = 11 + templateRows.suffix;
  expect(workOf({ suffixRun: 1 }, 5)).toBe(2);
  expect(workOf({ suffixRow: 1 }, 5)).toBe(5 * rows + 3);
});

it('runs fewer where their rows fill a run', () => {
  expect(workOf({ suffixRun: 1 }, 4, 99)).toBe(2);
  expect(workOf({ suffixRun: 1 }, 4, 250)).toBe(4);
});

it('has hints and their rows with an adapter', () => {
  expect(workOf({ hints: 3 }, 4, 11, true)).toBe(12);
  expect(workOf({ suffixRow: 1 }, 4, 11, true)).toBe(4 * (11 + templateRows.suffix + templateRows.hints));
});

it('counts a row for each token before it', () => {
  expect(workOf({ suffixRowPast: 1 }, 1)).toBe(100 * (11 + templateRows.suffix));
});

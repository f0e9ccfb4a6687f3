import { afterEach, expect, it } from 'vitest';
import { createTrainingProgress } from '#cli/output/training-progress.ts';
import { testIo } from '#test/support/test-io.ts';

let nowMs = 0;
const { io, stderr } = testIo();
let shown = createTrainingProgress(io, () => nowMs);
afterEach(() => shown.stop());

/** What is said from here on, without the bars, which are drawn over. */
function follow() {
  nowMs = 0;
  const before = stderr().length;
  shown = createTrainingProgress(io, () => nowMs);
  return {
    lines: () =>
      stderr()
        .slice(before)
        .split('\n')
        .filter((line) => line !== '' && !line.includes('[')),
    bars: () =>
      stderr()
        .slice(before)
        .split('\n')
        .filter((line) => line.includes('[')),
  };
}

/** `count` steps of two seconds each with 300 tokens. */
function makeSteps(from: number, count: number, steps: number): void {
  for (let step = from; step < from + count; step += 1) {
    nowMs += 2_000;
    shown.onEvent({ kind: 'step', step, steps, loss: step, tokens: 300 });
  }
}

it('tells of each look the loss and speed of its steps, and how long the rest may take, looks included', () => {
  const said = follow();
  nowMs = 50_000;
  shown.onEvent({ kind: 'base', metric: 0.5 });
  shown.onEvent({ kind: 'dev', step: 0, metric: 0.51, best: true });
  makeSteps(1, 10, 100);
  nowMs += 30_000;
  shown.onEvent({ kind: 'dev', step: 10, metric: 0.6, best: true });
  makeSteps(11, 10, 100);
  shown.onEvent({ kind: 'dev', step: 20, metric: 0.55, best: false });
  expect(said.lines()).toEqual([
    'base model: dev nDCG@10 0.5000',
    'step 0: dev nDCG@10 0.5100, the best so far',
    // Ten steps in 20 s: 2 s for each of the 90 that are left.
    'step 10: loss 5.5000, 150 tokens/s, at most 3 min left, dev nDCG@10 0.6000, the best so far',
    // Twenty steps and a look in 70 s: 3.5 s for each of 80.
    'step 20: loss 15.5000, 150 tokens/s, at most 5 min left, dev nDCG@10 0.5500',
  ]);
  expect(said.bars().at(-1)).toContain('loss');
});

it('times a run that goes on from its checkpoint from there', () => {
  const said = follow();
  nowMs = 90_000;
  shown.onEvent({ kind: 'resumed', step: 160, tokens: 0 });
  makeSteps(161, 10, 170);
  shown.onEvent({ kind: 'dev', step: 170, metric: 0.6, best: false });
  expect(said.lines()).toEqual([
    'going on from the checkpoint at step 160',
    'step 170: loss 165.5000, 150 tokens/s, dev nDCG@10 0.6000',
  ]);
});

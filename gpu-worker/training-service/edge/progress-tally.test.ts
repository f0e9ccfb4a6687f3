import { expect, it } from 'vitest';
import { ProgressTally } from '#gpu-worker/training-service/edge/progress-tally.ts';

const step = (number: number, loss: number) => ({ kind: 'step', step: number, steps: 10, loss, tokens: 50 }) as const;

it('has no progress before the first step, and tells each piece of news once', () => {
  const tally = new ProgressTally(() => 0);
  tally.add({ kind: 'dev-progress', fraction: 0.5 });
  tally.add({ kind: 'base', metric: 0.5 });
  expect(tally.take()).toEqual({ progress: null, news: [{ kind: 'base', metric: 0.5 }], checkpoint: null });
  expect(tally.take()).toEqual({ progress: null, news: [], checkpoint: null });
});

it('sums what came between two heartbeats: mean loss, tokens of the whole run, time left by the pace of this process', () => {
  let nowMs = 0;
  const tally = new ProgressTally(() => nowMs);
  tally.add({ kind: 'resumed', step: 3, tokens: 150 });
  tally.add(step(4, 1));
  expect(tally.take().progress).toEqual({ step: 4, steps: 10, loss: 1, tokens: 200, seconds_left: null });
  nowMs = 4_000;
  tally.add(step(5, 3));
  tally.add(step(6, 2));
  const checkpoint = { object_key: 'k', sha256: 'a'.repeat(64), bytes: 1, step: 6, tokens: 300 };
  tally.addCheckpoint(checkpoint);
  expect(tally.take()).toEqual({
    progress: { step: 6, steps: 10, loss: 2.5, tokens: 300, seconds_left: 8 },
    news: [],
    checkpoint,
  });
  expect(tally.take()).toMatchObject({ progress: { step: 6, loss: null }, checkpoint: null });
});

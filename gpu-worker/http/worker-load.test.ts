import { expect, it } from 'vitest';
import { workerLoad } from '#gpu-worker/http/worker-load.ts';
import { scriptedEngine } from '#test/support/scripted-engine.ts';

it('is the wait of what waits, and what a call took of all threads together', () => {
  const score = () => Promise.reject(new Error('not asked for here'));
  const engine = { ...scriptedEngine({ score }, 2), queueWaitMs: (isGuest: boolean) => (isGuest ? 70 : 30) };
  const timing = {
    queue_ms: 900,
    tokenize_ms: 1,
    prefix_ms: 20,
    hints_ms: 3,
    suffix_ms: 16,
    prefixes: 2,
    prefix_hits: 1,
  };
  expect(workerLoad(engine, timing, true)).toEqual({ wait_ms: 70, work_ms: 20 });
  expect(workerLoad(engine, timing, false)).toEqual({ wait_ms: 30, work_ms: 20 });
});

import { expect, it } from 'vitest';
import { emptyStageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import { TaskDispatcher } from '#gpu-worker/scoring/scheduling/task-dispatcher.ts';
import type { BatchReply } from '#gpu-worker/scoring/threads/thread-messages.ts';

const nothingKept: BatchReply['prefixes'] = { hits: 0, misses: 0, entries: 0, bytes: 0, evictions: 0 };

it('says how long what waits will take, by what tasks took of late', async () => {
  const clock = { nowMs: 0 };
  const tasks = new TaskDispatcher({
    threads: 2,
    lengthMax: 100,
    run: (_thread, entries) => {
      clock.nowMs += 30 * entries.length;
      const outcome = { kind: 'scored' as const, scores: [], times: emptyStageTimes() };
      return Promise.resolve({ outcomes: entries.map(() => outcome), runs: [], prefixes: nothingKept });
    },
    observer: {},
    now: () => clock.nowMs,
  });
  const enqueue = (isGuest = false) =>
    tasks.enqueue({ kind: 'query', task: { query: 'q', template: 'upr-1' } }, { isGuest });
  const first = enqueue();
  expect([tasks.length, tasks.waitMs(true)]).toEqual([1, 0]);
  tasks.threadReady(0);
  await first;
  tasks.threadLost(0);
  const others = Promise.all([enqueue(), enqueue(true), enqueue(), enqueue()]);
  expect([tasks.length, tasks.waitMs(true), tasks.waitMs(false)]).toEqual([4, (4 * 30) / 2, (3 * 30) / 2]);
  tasks.threadReady(0);
  await others;
  expect([tasks.waitMs(true), tasks.waitMs(false)]).toEqual([0, 0]);
});

import { describe, expect, it } from 'vitest';
import type { TaskOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import { type QueuedTask, TaskQueue } from '#gpu-worker/scoring/task-queue.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Tasks by name, and what they were rejected with. */
function createTasks() {
  const rejections: Record<string, string> = {};
  const task = (work: string, options: TaskOptions = {}): QueuedTask<string, null> => ({
    work,
    options,
    resolve: () => {},
    reject: (error) => {
      rejections[work] = error instanceof ServiceError ? error.code : error.message;
    },
  });
  return { task, rejections };
}

function fill(queue: TaskQueue<string, null>, ...tasks: QueuedTask<string, null>[]): void {
  for (const task of tasks) queue.push(task, 1);
}

function drain(queue: TaskQueue<string, null>, nowMs: number): string[] {
  const works: string[] = [];
  for (let task = queue.next(nowMs); task !== null; task = queue.next(nowMs)) works.push(task.work);
  return works;
}

describe('TaskQueue', () => {
  it('is first in, first out', () => {
    const { task } = createTasks();
    const queue = new TaskQueue<string, null>(3);
    fill(queue, task('a'), task('b'), task('c'));
    expect(queue.length).toBe(3);
    expect(drain(queue, 0)).toEqual(['a', 'b', 'c']);
    expect(queue.length).toBe(0);
  });

  it('refuses at its limit with overloaded, names length and limit, and passes on when to retry', () => {
    const { task, rejections } = createTasks();
    const queue = new TaskQueue<string, null>(2);
    fill(queue, task('a'), task('b'));
    expect(() => queue.push(task('c'), 7)).toThrow(
      expect.objectContaining({
        code: 'overloaded',
        retryAfterSeconds: 7,
        message: 'The queue holds 2 documents, its limit is 2; retry in 7 s.',
      }),
    );
    expect(queue.length).toBe(2);
    expect(rejections).toEqual({});
    queue.next(0);
    expect(() => queue.push(task('d'), 7)).not.toThrow();
    expect(drain(queue, 0)).toEqual(['b', 'd']);
  });

  it('drops aborted tasks without starting them', () => {
    const { task, rejections } = createTasks();
    const controller = new AbortController();
    const queue = new TaskQueue<string, null>(3);
    fill(queue, task('left', { signal: controller.signal }), task('stays', { signal: new AbortController().signal }));
    controller.abort();
    expect(drain(queue, 0)).toEqual(['stays']);
    expect(rejections).toEqual({ left: 'request_cancelled' });
  });

  it('drops tasks at their deadline and after it, not before', () => {
    const { task, rejections } = createTasks();
    const queue = new TaskQueue<string, null>(4);
    fill(
      queue,
      task('past', { deadlineAtMs: 99 }),
      task('now', { deadlineAtMs: 100 }),
      task('later', { deadlineAtMs: 101 }),
      task('open'),
    );
    expect(drain(queue, 100)).toEqual(['later', 'open']);
    expect(rejections).toEqual({ past: 'deadline_exceeded', now: 'deadline_exceeded' });
  });

  it('says that a task was cancelled when its deadline has passed as well', () => {
    const { task, rejections } = createTasks();
    const queue = new TaskQueue<string, null>(1);
    fill(queue, task('both', { deadlineAtMs: 1, signal: AbortSignal.abort() }));
    expect(queue.next(2)).toBeNull();
    expect(rejections).toEqual({ both: 'request_cancelled' });
  });

  it('makes room when a task is removed, and takes no notice of one that is gone', () => {
    const { task } = createTasks();
    const queue = new TaskQueue<string, null>(2);
    const [a, b] = [task('a'), task('b')];
    fill(queue, a, b);
    queue.remove(a);
    queue.remove(a);
    expect(queue.length).toBe(1);
    fill(queue, task('c'));
    expect(drain(queue, 0)).toEqual(['b', 'c']);
  });

  it('rejects everything that waits when it is cleared', () => {
    const { task, rejections } = createTasks();
    const queue = new TaskQueue<string, null>(2);
    fill(queue, task('a'), task('b'));
    queue.clear(new ServiceError('not_ready'));
    expect(queue.length).toBe(0);
    expect(rejections).toEqual({ a: 'not_ready', b: 'not_ready' });
  });
});

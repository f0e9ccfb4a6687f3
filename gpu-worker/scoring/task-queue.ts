import type { TaskOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Work that waits for a thread, and where its result goes. */
export interface QueuedTask<Work, Result> {
  readonly work: Work;
  readonly options: TaskOptions;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** First in, first out, bounded; what nobody waits for any more is dropped before it costs anything. Knows no threads and no clock of its own. */
export class TaskQueue<Work, Result> {
  readonly #waiting: QueuedTask<Work, Result>[] = [];
  readonly #lengthMax: number;

  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** @throws ServiceError `overloaded` when `lengthMax` tasks wait already, with `retryAfterSeconds` from the caller's estimate */
  push(task: QueuedTask<Work, Result>, retryAfterSeconds: number): void {
    if (this.#waiting.length >= this.#lengthMax) {
      throw new ServiceError(
        'overloaded',
        `The queue holds ${this.#waiting.length} documents, its limit is ${this.#lengthMax}; retry in ${retryAfterSeconds} s.`,
        { retryAfterSeconds },
      );
    }
    this.#waiting.push(task);
  }

  /** The oldest task that is still wanted at `nowMs` (Unix milliseconds); rejects the others on the way. */
  next(nowMs: number): QueuedTask<Work, Result> | null {
    for (let task = this.#waiting.shift(); task !== undefined; task = this.#waiting.shift()) {
      const { signal, deadlineAtMs } = task.options;
      if (signal?.aborted) task.reject(new ServiceError('request_cancelled'));
      else if (deadlineAtMs !== undefined && deadlineAtMs <= nowMs) task.reject(new ServiceError('deadline_exceeded'));
      else return task;
    }
    return null;
  }

  /** The oldest tasks that are still wanted, at most `count` of them. */
  nextBatch(nowMs: number, count: number): QueuedTask<Work, Result>[] {
    const batch: QueuedTask<Work, Result>[] = [];
    for (let task = this.next(nowMs); task !== null; task = batch.length < count ? this.next(nowMs) : null)
      batch.push(task);
    return batch;
  }

  /** Takes a task out whose caller has left; nothing happens if it no longer waits. */
  remove(task: QueuedTask<Work, Result>): void {
    const index = this.#waiting.indexOf(task);
    if (index !== -1) this.#waiting.splice(index, 1);
  }

  /** Empties the queue; every task is rejected with `error`. */
  clear(error: Error): void {
    for (const task of this.#waiting.splice(0)) task.reject(error);
  }
}

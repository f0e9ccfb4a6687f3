import type { Worker } from 'node:worker_threads';

export interface WatchedThreads {
  /** Threads that still run, oldest first. */
  readonly running: () => readonly Worker[];
  /** Threads that were ever started. */
  readonly started: () => number;
  /** Resolves when no thread runs any more. */
  readonly allEnded: () => Promise<void>;
  readonly stop: () => void;
}

/** Follows every worker thread that this process starts from now on, by Node's own `worker` event: production code needs no hook for it. */
export function watchThreads(): WatchedThreads {
  const running = new Set<Worker>();
  const ends: Promise<void>[] = [];
  const follow = (worker: Worker) => {
    running.add(worker);
    ends.push(
      new Promise((resolve) => {
        worker.once('exit', () => {
          running.delete(worker);
          resolve();
        });
      }),
    );
  };
  process.on('worker', follow);
  return {
    running: () => [...running],
    started: () => ends.length,
    async allEnded() {
      for (let count = 0; count < ends.length; ) {
        count = ends.length;
        await Promise.all(ends);
      }
    },
    stop: () => process.off('worker', follow),
  };
}

import { WorkerThreadHandle } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';
import type {
  SequenceResult,
  SequenceTask,
  TrainingThreadOptions,
} from '#gpu-worker/training/threads/sequence-task.ts';

type TrainingThread = WorkerThreadHandle<SequenceTask, SequenceResult>;

/** The training threads. A prefix stays with the thread that computed it first, so that the threads' caches add up; results do not depend on which it is. */
export class TrainingPool {
  readonly #threads: readonly TrainingThread[];
  readonly #threadOfPrefix = new Map<string, number>();

  private constructor(threads: readonly TrainingThread[]) {
    this.#threads = threads;
  }

  static async start(threads: number, options: TrainingThreadOptions): Promise<TrainingPool> {
    const entry = new URL('./training-thread.ts', import.meta.url);
    const perThread = { ...options, prefixBytesMax: Math.floor(options.prefixBytesMax / threads) };
    const started = Array.from({ length: threads }, () =>
      // A thread that dies rejects what it runs: the step fails, and the run goes on from its checkpoint when it is started again.
      WorkerThreadHandle.start<SequenceTask, SequenceResult>(entry, perThread, () => {}),
    );
    return new TrainingPool(await Promise.all(started));
  }

  /** Runs all tasks; results in the tasks' order. */
  async run(tasks: readonly SequenceTask[], onDone: () => void = () => {}): Promise<SequenceResult[]> {
    const loads = this.#threads.map(() => 0);
    return Promise.all(
      tasks.map(async (task) => {
        const index = this.#assign(task, loads);
        const thread = this.#threads[index];
        if (thread === undefined) throw new Error(`there is no training thread ${index}`);
        const result = await thread.send(task);
        onDone();
        return result;
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** The thread that holds the prefix, or for a new one the thread with the least to do in this batch. */
  #assign(task: SequenceTask, loads: number[]): number {
    const known = task.prefixKey === '' ? undefined : this.#threadOfPrefix.get(task.prefixKey);
    const index = known ?? loads.indexOf(Math.min(...loads));
    loads[index] = (loads[index] ?? 0) + 1;
    if (task.prefixKey !== '') this.#threadOfPrefix.set(task.prefixKey, index);
    return index;
  }
}

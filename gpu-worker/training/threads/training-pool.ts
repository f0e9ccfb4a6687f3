import { WorkerThreadHandle } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';
import { groupSequences } from '#gpu-worker/training/threads/group-sequences.ts';
import type {
  SequenceGroup,
  SequenceResult,
  SequenceTask,
  TrainingThreadOptions,
} from '#gpu-worker/training/threads/sequence-task.ts';

type TrainingThread = WorkerThreadHandle<SequenceGroup, SequenceResult[]>;

/** The training threads. Results do not depend on which thread runs what, nor on what shares a run. */
export class TrainingPool {
  readonly #threads: readonly TrainingThread[];
  readonly #slots: number;
  readonly #width: number;
  readonly #pace: () => Promise<void>;

  private constructor(threads: readonly TrainingThread[], slots: number, width: number, pace: () => Promise<void>) {
    this.#threads = threads;
    this.#slots = slots;
    this.#width = width;
    this.#pace = pace;
  }

  /**
   * @param width D, the model's hidden size
   * @param pace awaited before each run of the model
   */
  static async start(
    threads: number,
    options: TrainingThreadOptions,
    width: number,
    pace: () => Promise<void> = async () => {},
  ): Promise<TrainingPool> {
    const entry = new URL('./training-thread.ts', import.meta.url);
    const perThread = { ...options, prefixBytesMax: Math.floor(options.prefixBytesMax / threads) };
    const started = Array.from({ length: threads }, () =>
      // A thread that dies rejects what it runs: the step fails, and the run goes on from its checkpoint when it is started again.
      WorkerThreadHandle.start<SequenceGroup, SequenceResult[]>(entry, perThread, () => {}),
    );
    const outcomes = await Promise.allSettled(started);
    const threadsStarted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) {
      // Threads that did start would keep the process from ending.
      await Promise.all(threadsStarted.map((thread) => thread.close()));
      throw failed.reason;
    }
    return new TrainingPool(threadsStarted, options.gradientGraph.slots, width, pace);
  }

  /** Runs all tasks; results in the tasks' order. `onDone` is called once a task. */
  async run(tasks: readonly SequenceTask[], onDone: () => void = () => {}): Promise<SequenceResult[]> {
    const groups = groupSequences(tasks, this.#slots, this.#width);
    const results: SequenceResult[][] = groups.map(() => []);
    const waiting = groups.entries();
    const work = async (thread: TrainingThread): Promise<void> => {
      // All threads draw from one iterator: whichever is free takes the next group.
      for (const [index, group] of waiting) {
        await this.#pace();
        results[index] = await thread.send({ tasks: group });
        for (const _ of group) onDone();
      }
    };
    await Promise.all(this.#threads.map(work));
    return results.flat();
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

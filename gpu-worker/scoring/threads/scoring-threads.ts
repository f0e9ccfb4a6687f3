import { setTimeout as delay } from 'node:timers/promises';
import type { BatchEntry } from '#gpu-worker/scoring/batch/scoring-work.ts';
import { ThreadAdapters } from '#gpu-worker/scoring/threads/thread-adapters.ts';
import type { BatchReply, ScoringThreadOptions, ThreadWork } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { WorkerThreadHandle } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';

type ScoringThread = WorkerThreadHandle<ThreadWork, BatchReply | null>;

export interface ScoringThreadsOptions {
  readonly threads: number;
  readonly thread: ScoringThreadOptions;
  /** A thread has nothing to do; it has no prefixes yet. */
  readonly onReady: (thread: number) => void;
  /** A thread ended, and its prefixes with it; another takes its place. */
  readonly onLost: (thread: number) => void;
  /** No thread is left and none can be started for now. */
  readonly onStopped: (error: unknown) => void;
}

const threadEntry = new URL('./scoring-thread.ts', import.meta.url);

/** Milliseconds before a thread that could not be started is tried again: doubled each time, up to a minute. */
const restartDelayMs = 1_000;
const restartDelayMaxMs = 60_000;

/** The scoring threads by their number. One that dies is replaced, for as long as it takes. */
export class ScoringThreads {
  readonly #options: ScoringThreadsOptions;
  readonly #adapters = new ThreadAdapters();
  readonly #running = new Map<number, ScoringThread>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(options: ScoringThreadsOptions) {
    this.#options = options;
  }

  /** Starts all threads. Rejects when one cannot be started. */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.threads }, (_, index) => this.#track(this.#start(index))));
  }

  /** Rejects with ThreadLostError when the thread ends before it answers. */
  async run(index: number, entries: readonly BatchEntry[]): Promise<BatchReply> {
    const reply = await this.#running.get(index)?.send({ kind: 'batch', entries });
    if (reply === undefined || reply === null) throw new Error(`thread ${index} did not answer a batch`);
    return reply;
  }

  /** Throws as ThreadAdapters does, and what `invalid_adapter` the threads find. */
  loadAdapter(digest: string, file: Uint8Array): Promise<void> {
    return this.#adapters.load(digest, file, () => [...this.#running.values()]);
  }

  async unloadAdapter(digest: string): Promise<void> {
    await this.#adapters.unload(digest, [...this.#running.values()]);
  }

  /** Whether tasks with the adapter can be run. Throws `invalid_adapter` for one that has ended threads. */
  hasAdapter(digest: string): boolean {
    this.#adapters.refuseDeadly(digest);
    return this.#adapters.has(digest);
  }

  /** Ends the threads when they have finished what they run. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#running.values()].map((thread) => thread.close()));
    this.#running.clear();
  }

  async #start(index: number): Promise<void> {
    const thread: ScoringThread = await WorkerThreadHandle.start(threadEntry, this.#options.thread, () =>
      this.#lose(index, thread),
    );
    await this.#adapters.loadAll(thread);
    if (this.#closing.signal.aborted) return thread.close();
    this.#running.set(index, thread);
    this.#options.onReady(index);
  }

  /** A thread that ends before it is counted as running is the business of whoever starts it. */
  #lose(index: number, thread: ScoringThread): void {
    if (this.#running.get(index) !== thread) return;
    this.#running.delete(index);
    this.#options.onLost(index);
    if (!this.#closing.signal.aborted) void this.#track(this.#restart(index));
  }

  async #restart(index: number): Promise<void> {
    const { signal } = this.#closing;
    for (let waitMs = restartDelayMs; !signal.aborted; waitMs = Math.min(2 * waitMs, restartDelayMaxMs)) {
      try {
        return await this.#start(index);
      } catch (error) {
        if (this.#running.size === 0) this.#options.onStopped(error);
        await delay(waitMs, null, { signal, ref: false }).catch(() => null);
      }
    }
  }

  #track<Value>(work: Promise<Value>): Promise<Value> {
    const tracked = work.finally(() => this.#starting.delete(tracked));
    this.#starting.add(tracked);
    return tracked;
  }
}

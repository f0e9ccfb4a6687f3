import { LRUCache } from 'lru-cache';
import { ThreadLostError } from '#gpu-worker/scoring/threads/thread-lost-error.ts';
import type { BatchReply, ThreadWork } from '#gpu-worker/scoring/threads/thread-messages.ts';
import type { WorkerThreadHandle } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

type ScoringThread = WorkerThreadHandle<ThreadWork, BatchReply | null>;

/** Threads that may end under the load of one adapter before it is not tried any more. */
const deathsMax = 2;

/** Milliseconds for which deaths are remembered: with these two, an adapter ends two threads every ten minutes at most. */
const deathMemoryMs = 600_000;

/** The adapter files that the threads hold. A thread that is started anew is given them again; a file that ends threads is given to no more of them. */
export class ThreadAdapters {
  readonly #files = new Map<string, Uint8Array>();
  readonly #deaths = new LRUCache<string, number>({ max: 1_000, ttl: deathMemoryMs });

  has(digest: string): boolean {
    return this.#files.has(digest);
  }

  /**
   * Loads a file on one thread first, and when that has survived it on all `threads()` there are then.
   * @throws ServiceError `adapter_unavailable` when a thread ended under it, `invalid_adapter` when it has ended several
   */
  async load(digest: string, file: Uint8Array, threads: () => readonly ScoringThread[]): Promise<void> {
    this.refuseDeadly(digest);
    const [first] = threads();
    if (first === undefined) throw new ServiceError('not_ready', 'No scoring thread is running.');
    await this.#loadOn(first, digest, file);
    // Known before the others have it: a thread that is just starting finds it here.
    this.#files.set(digest, file);
    try {
      await Promise.all(threads().map((thread) => (thread === first ? null : this.#loadOn(thread, digest, file))));
    } catch (error) {
      await this.unload(digest, threads());
      throw error;
    }
  }

  async unload(digest: string, threads: readonly ScoringThread[]): Promise<void> {
    if (!this.#files.delete(digest)) return;
    // A thread that ended meanwhile has unloaded everything.
    await Promise.allSettled(threads.map((thread) => thread.send({ kind: 'unload-adapter', digest })));
  }

  /** Gives a new thread everything that the others hold. Throws when it ends under one of them; that one is dropped if it was not the first time. */
  async loadAll(thread: ScoringThread): Promise<void> {
    // What is added meanwhile is met by the same iteration.
    for (const [digest, file] of this.#files) await this.#loadOn(thread, digest, file);
  }

  /** @throws ServiceError `invalid_adapter` for a file that has ended threads */
  refuseDeadly(digest: string): void {
    const deaths = this.#deaths.get(digest) ?? 0;
    if (deaths < deathsMax) return;
    const message = `Adapter ${digest.slice(0, 12)} ended ${deaths} threads that loaded it; it is not tried again for now.`;
    throw new ServiceError('invalid_adapter', message);
  }

  async #loadOn(thread: ScoringThread, digest: string, file: Uint8Array): Promise<void> {
    try {
      await thread.send({ kind: 'load-adapter', digest, file });
    } catch (error) {
      if (!(error instanceof ThreadLostError)) throw error;
      const deaths = (this.#deaths.get(digest) ?? 0) + 1;
      this.#deaths.set(digest, deaths);
      if (deaths >= deathsMax) this.#files.delete(digest);
      const message = `The thread that loaded adapter ${digest.slice(0, 12)} ended.`;
      throw new ServiceError('adapter_unavailable', message, { cause: error });
    }
  }
}

import { Worker } from 'node:worker_threads';
import type { PairScore } from '#gpu-worker/scoring/scoring-engine.ts';
import {
  fromPortableError,
  type ScoringThreadOptions,
  type ThreadReply,
  type ThreadRequest,
} from '#gpu-worker/scoring/threads/thread-messages.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** A request without its id, per kind. */
export type ThreadWork = ThreadRequest extends infer Request
  ? Request extends ThreadRequest
    ? Omit<Request, 'id'>
    : never
  : never;

interface Pending {
  readonly resolve: (value: PairScore[] | null) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of one scoring thread: requests become promises; a thread that dies rejects what it was doing. */
export class ScoringThreadHandle {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #ended = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** Resolves when the thread's session is open. `onDeath` is called once if the thread ends without having been asked to. */
  static async start(options: ScoringThreadOptions, onDeath: (error: Error) => void): Promise<ScoringThreadHandle> {
    const worker = new Worker(new URL('./scoring-thread.ts', import.meta.url), { workerData: options });
    const handle = new ScoringThreadHandle(worker);
    await new Promise<void>((resolve, reject) => {
      let ready = false;
      const end = (error: Error) => {
        if (ready) handle.#die(error, onDeath);
        else reject(error);
      };
      worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', (code) => end(new Error(`a scoring thread ended with code ${code}`)));
      worker.on('message', (reply: ThreadReply) => {
        if (reply.kind === 'ready') {
          ready = true;
          resolve();
        } else if (reply.kind === 'failed') {
          end(fromPortableError(reply.error));
          worker.terminate().catch(() => {});
        } else {
          handle.#settle(reply);
        }
      });
    });
    return handle;
  }

  send(work: ThreadWork): Promise<PairScore[] | null> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new Error('the scoring thread has ended'));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ ...work, id });
    });
  }

  /** Ends the thread; what it has not answered yet is rejected, so that nobody waits for ever. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#rejectPending(new ServiceError('not_ready', 'The worker is shutting down.'));
    await this.#worker.terminate();
  }

  #settle(reply: Extract<ThreadReply, { id: number }>): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.kind === 'done') pending?.resolve(reply.value);
    else pending?.reject(fromPortableError(reply.error));
  }

  #die(error: Error, onDeath: (error: Error) => void): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#rejectPending(error);
    onDeath(error);
  }

  #rejectPending(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

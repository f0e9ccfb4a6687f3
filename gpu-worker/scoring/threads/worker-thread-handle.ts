import { Worker } from 'node:worker_threads';
import { ThreadLostError } from '#gpu-worker/scoring/threads/thread-lost-error.ts';
import { fromPortableError, type PortableError } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Asks a thread to end by itself (serve-requests.ts). */
export const closeMessage = 'close';

/** What a thread says: once `ready` or `failed`, then one answer per request. */
export type WorkerThreadReply<Value> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: PortableError }
  | { readonly kind: 'done'; readonly id: number; readonly value: Value }
  | { readonly kind: 'error'; readonly id: number; readonly error: PortableError };

interface Pending<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of one worker thread: requests become promises; a thread that dies rejects what it was doing with ThreadLostError. */
export class WorkerThreadHandle<Work extends object, Value> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending<Value>>();
  readonly #exited: Promise<void>;
  #nextId = 1;
  #ended = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
  }

  /** Resolves when the thread is ready. `onDeath` is called once if the thread ends without having been asked to. */
  static async start<Work extends object, Value>(
    entry: URL,
    workerData: unknown,
    onDeath: (error: Error) => void,
  ): Promise<WorkerThreadHandle<Work, Value>> {
    const worker = new Worker(entry, { workerData });
    const handle = new WorkerThreadHandle<Work, Value>(worker);
    await new Promise<void>((resolve, reject) => {
      let ready = false;
      const end = (error: Error) => {
        if (ready) handle.#die(error, onDeath);
        else reject(error);
      };
      worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', (code) => end(new Error(`a worker thread ended with code ${code}`)));
      worker.on('message', (reply: WorkerThreadReply<Value>) => {
        if (reply.kind === 'ready') {
          ready = true;
          resolve();
        } else if (reply.kind === 'failed') {
          end(fromPortableError(reply.error));
        } else {
          handle.#settle(reply);
        }
      });
    });
    return handle;
  }

  send(work: Work): Promise<Value> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new Error('the worker thread has ended'));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ ...work, id });
    });
  }

  /** Ends the thread when it has finished what it runs; what it has not answered yet is rejected at once, so that nobody waits for ever. */
  async close(): Promise<void> {
    this.#rejectPending(new ServiceError('not_ready', 'The worker is shutting down.'));
    if (!this.#ended) this.#worker.postMessage(closeMessage);
    this.#ended = true;
    await this.#exited;
  }

  #settle(reply: Extract<WorkerThreadReply<Value>, { id: number }>): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.kind === 'done') pending?.resolve(reply.value);
    else pending?.reject(fromPortableError(reply.error));
  }

  #die(error: Error, onDeath: (error: Error) => void): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#rejectPending(new ThreadLostError(error));
    onDeath(error);
  }

  #rejectPending(error: Error): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

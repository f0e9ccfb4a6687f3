import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { BatchEntry, ScoringWork, TaskOutcome } from '#gpu-worker/scoring/batch/scoring-work.ts';
import { QueryLikelihoods } from '#gpu-worker/scoring/query-likelihoods.ts';
import type {
  AdapterSummary,
  EngineInfo,
  PairScore,
  Precision,
  QueryTask,
  ScoreTask,
  ScoringEngine,
  TaskOptions,
  TokenTask,
} from '#gpu-worker/scoring/scoring-engine.ts';
import { type QueuedTask, TaskQueue } from '#gpu-worker/scoring/task-queue.ts';
import {
  type BatchReply,
  fromPortableError,
  type PortableError,
  type PreparationResult,
  type ScoringThreadOptions,
  type ThreadWork,
} from '#gpu-worker/scoring/threads/thread-messages.ts';
import { WorkerThreadHandle } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { validateAdapterAgainstModel } from '#shared/adapter-file/validate-adapter-against-model.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface ScoringPoolOptions {
  readonly modelPath: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly queueLengthMax: number;
  /** Bytes of kept keys and values, of all threads together. */
  readonly prefixBytesMax: number;
  readonly preparation: PreparationResult;
}

interface LoadedAdapter {
  readonly summary: AdapterSummary;
  /** In shared memory: every thread reads the same bytes, and a thread that is started anew is given them again. */
  readonly file: Uint8Array;
  /** Settles when the threads that ran at the time have it: a second caller with the same file waits for the first. */
  readonly onThreads: Promise<unknown>;
}

type ScoringThread = WorkerThreadHandle<ThreadWork, BatchReply | null>;
type WaitingTask = QueuedTask<ScoringWork, PairScore[]>;

const threadEntry = new URL('./threads/scoring-thread.ts', import.meta.url);

/** Documents of one batch at most: two runs of four suffixes. */
const batchTasksMax = 8;

/** Weight of the newest task in the running mean of task durations. */
const durationSmoothing = 0.1;

/** The threads, the queue in front of them, and the adapters that they hold. A thread runs one batch at a time; one that dies is replaced. */
export class ScoringPool implements ScoringEngine {
  readonly info: EngineInfo;
  readonly #options: ScoringPoolOptions;
  readonly #queue: TaskQueue<ScoringWork, PairScore[]>;
  readonly #threads = new Set<ScoringThread>();
  readonly #idle: ScoringThread[] = [];
  readonly #adapters = new Map<string, LoadedAdapter>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #starting = new Set<Promise<void>>();
  readonly #queryLikelihoods = new QueryLikelihoods();
  #meanTaskMs = 100;
  #closed = false;
  #dispatching = false;

  private constructor(options: ScoringPoolOptions) {
    const { preparation } = options;
    this.#options = options;
    this.#queue = new TaskQueue(options.queueLengthMax);
    this.info = {
      modelPath: options.modelPath,
      modelFingerprint: preparation.modelFingerprint,
      tokenizerFingerprint: preparation.tokenizerFingerprint,
      precision: options.precision,
      threads: options.threads,
      contextLength: preparation.contextLength,
    };
  }

  static async start(options: ScoringPoolOptions): Promise<ScoringPool> {
    const pool = new ScoringPool(options);
    try {
      await Promise.all(Array.from({ length: options.threads }, () => pool.#startThread()));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  async score(task: ScoreTask, options: TaskOptions = {}): Promise<PairScore[]> {
    if (task.adapterDigest !== undefined && !this.#adapters.has(task.adapterDigest)) {
      throw new ServiceError('adapter_unavailable', `Adapter ${task.adapterDigest.slice(0, 12)} is not loaded.`);
    }
    return this.#enqueue({ kind: 'score', task }, options);
  }

  queryLogLikelihood(task: QueryTask, options: TaskOptions = {}): Promise<number> {
    return this.#queryLikelihoods.get(task, async () => {
      const [score] = await this.#enqueue({ kind: 'query', task }, options);
      if (score === undefined) throw new Error('a scoring thread returned no score');
      return score.meanLogLikelihood;
    });
  }

  async scoreTokens(task: TokenTask, options: TaskOptions = {}): Promise<PairScore> {
    const [score] = await this.#enqueue({ kind: 'tokens', task }, options);
    if (score === undefined) throw new Error('a scoring thread returned no score');
    return score;
  }

  async loadAdapter(file: Uint8Array): Promise<AdapterSummary> {
    const digest = createHash('sha256').update(file).digest('hex');
    const known = this.#adapters.get(digest);
    if (known !== undefined) {
      await known.onThreads;
      return known.summary;
    }
    const adapter = parseAdapterFile(file);
    const { hiddenSize, vocabularySize, modelFingerprint, tokenizerFingerprint } = this.#options.preparation;
    validateAdapterAgainstModel(adapter, {
      hiddenSize,
      vocabularySize,
      modelFingerprint,
      tokenizerFingerprint,
    });
    const shared = new Uint8Array(new SharedArrayBuffer(file.byteLength));
    shared.set(file);
    const { method, template, calibration = null } = adapter.config;
    const summary = { digest, method, template, bytes: file.byteLength, calibration };
    const onThreads = Promise.all(
      [...this.#threads].map((thread) => thread.send({ kind: 'load-adapter', digest, file: shared })),
    );
    // Known before the threads have it: a thread that is just starting finds it here, and messages to the others stay in order.
    this.#adapters.set(digest, { summary, file: shared, onThreads });
    try {
      await onThreads;
    } catch (error) {
      this.#adapters.delete(digest);
      throw error;
    }
    return summary;
  }

  async unloadAdapter(digest: string): Promise<void> {
    if (!this.#adapters.delete(digest)) return;
    await Promise.all([...this.#threads].map((thread) => thread.send({ kind: 'unload-adapter', digest })));
  }

  queueLength(): number {
    return this.#queue.length;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.clear(new ServiceError('not_ready', 'The worker is shutting down.'));
    await Promise.allSettled([...this.#running, ...this.#starting]);
    await Promise.all([...this.#threads].map((thread) => thread.close()));
    this.#threads.clear();
  }

  #enqueue(work: ScoringWork, options: TaskOptions): Promise<PairScore[]> {
    const { signal } = options;
    if (this.#closed) return Promise.reject(new ServiceError('not_ready', 'The worker is shutting down.'));
    if (signal?.aborted) return Promise.reject(new ServiceError('request_cancelled'));
    return new Promise((resolve, reject) => {
      const task = { work, options, resolve, reject };
      this.#queue.push(task, this.#retryAfterSeconds());
      if (signal !== undefined) {
        // One signal stands behind every document of a request: 1,000 listeners are meant, not leaked.
        setMaxListeners(0, signal);
        signal.addEventListener(
          'abort',
          () => {
            this.#queue.remove(task);
            reject(new ServiceError('request_cancelled'));
          },
          { once: true },
        );
      }
      this.#dispatchSoon();
    });
  }

  /** After the caller's other documents have come too, so that they share batches. */
  #dispatchSoon(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    queueMicrotask(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#idle.length > 0) {
      const share = Math.ceil(this.#queue.length / this.#options.threads);
      const tasks = this.#queue.nextBatch(Date.now(), Math.min(batchTasksMax, Math.max(1, share)));
      if (tasks.length === 0) return;
      const thread = this.#idle.pop();
      if (thread === undefined) throw new Error('no idle thread, although one was counted');
      const run: Promise<void> = this.#run(thread, tasks).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  /** Never rejects: what goes wrong goes to the tasks. */
  async #run(thread: ScoringThread, tasks: readonly WaitingTask[]): Promise<void> {
    const startedAtMs = performance.now();
    const entries: BatchEntry[] = tasks.map(({ work, options }) => ({ work, deadlineAtMs: options.deadlineAtMs }));
    try {
      const reply = await thread.send({ kind: 'batch', entries });
      for (const [index, task] of tasks.entries()) settle(task, reply?.outcomes[index]);
    } catch (error) {
      for (const task of tasks) task.reject(error instanceof Error ? error : new Error(String(error)));
    }
    const meanMs = (performance.now() - startedAtMs) / tasks.length;
    this.#meanTaskMs += (meanMs - this.#meanTaskMs) * durationSmoothing;
    if (!this.#threads.has(thread)) return;
    this.#idle.push(thread);
    this.#dispatch();
  }

  async #startThread(): Promise<void> {
    const { modelPath, preparation, prefixBytesMax, threads } = this.#options;
    const options: ScoringThreadOptions = {
      modelPath,
      graphs: preparation.prepared.graphs,
      prefixBytesMax: Math.floor(prefixBytesMax / threads),
    };
    const thread: ScoringThread = await WorkerThreadHandle.start(threadEntry, options, () =>
      this.#replaceThread(thread),
    );
    for (const [digest, { file }] of this.#adapters) await thread.send({ kind: 'load-adapter', digest, file });
    if (this.#closed) return thread.close();
    this.#threads.add(thread);
    this.#idle.push(thread);
    this.#dispatch();
  }

  /** A thread died: its batch was rejected by its handle; another takes its place. If that one cannot start, nothing waits for ever. */
  #replaceThread(thread: ScoringThread): void {
    this.#threads.delete(thread);
    const index = this.#idle.indexOf(thread);
    if (index !== -1) this.#idle.splice(index, 1);
    if (this.#closed) return;
    const starting: Promise<void> = this.#startThread()
      .finally(() => this.#starting.delete(starting))
      .catch((error: unknown) => {
        if (this.#threads.size + this.#starting.size > 0) return;
        this.#closed = true;
        this.#queue.clear(new ServiceError('not_ready', 'No scoring thread could be started again.', { cause: error }));
      });
    this.#starting.add(starting);
  }

  /** Time until the queue is worked off at the pace of late: at least a second. */
  #retryAfterSeconds(): number {
    return Math.max(1, Math.ceil((this.#queue.length * this.#meanTaskMs) / this.#options.threads / 1_000));
  }
}

function settle(task: WaitingTask, outcome: TaskOutcome<PortableError> | undefined): void {
  if (outcome === undefined) task.reject(new Error('a scoring thread answered too few tasks'));
  else if (outcome.kind === 'scored') task.resolve(outcome.scores);
  else task.reject(fromPortableError(outcome.error));
}

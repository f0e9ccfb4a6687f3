import { createHash } from 'node:crypto';
import type { ScoringWork } from '#gpu-worker/scoring/batch/scoring-work.ts';
import { chunkTask } from '#gpu-worker/scoring/chunks/chunk-task.ts';
import { scoreChunks } from '#gpu-worker/scoring/chunks/score-chunks.ts';
import type { EngineObserver } from '#gpu-worker/scoring/engine-observer.ts';
import { type QueryLikelihood, QueryLikelihoods } from '#gpu-worker/scoring/query-likelihoods.ts';
import { TaskDispatcher } from '#gpu-worker/scoring/scheduling/task-dispatcher.ts';
import type {
  AdapterSummary,
  EngineInfo,
  EngineMemory,
  PairScore,
  QueryTask,
  ScoreTask,
  ScoringEngine,
  TaskOptions,
  TokenTask,
} from '#gpu-worker/scoring/scoring-engine.ts';
import { ScoringThreads } from '#gpu-worker/scoring/threads/scoring-threads.ts';
import type { BatchReply, PreparationResult } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { validateAdapterAgainstModel } from '#shared/adapter-file/validate-adapter-against-model.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface ScoringPoolOptions {
  readonly modelPath: string;
  readonly threads: number;
  readonly queueLengthMax: number;
  /** Bytes of kept keys and values, of all threads together. */
  readonly prefixBytesMax: number;
  readonly preparation: PreparationResult;
  readonly observer: EngineObserver;
}

/** Sessions of one thread: prefixes, suffixes. */
const sessionsPerThread = 2;

/** The engine: the threads, what waits for them, and the adapters that they hold. */
export class ScoringPool implements ScoringEngine {
  readonly info: EngineInfo;
  readonly #options: ScoringPoolOptions;
  readonly #threads: ScoringThreads;
  readonly #tasks: TaskDispatcher;
  readonly #adapters = new Map<string, Promise<AdapterSummary>>();
  readonly #prefixes = new Map<number, BatchReply['prefixes']>();
  readonly #queryLikelihoods = new QueryLikelihoods();
  #evictionsOfLost = 0;
  #closed = false;

  private constructor(options: ScoringPoolOptions) {
    const { preparation, modelPath, threads, prefixBytesMax, queueLengthMax, observer } = options;
    const { modelFingerprint, tokenizerFingerprint, contextLength, precision, precisionReason, device } = preparation;
    this.#options = options;
    this.info = {
      ...{ modelPath, modelFingerprint, tokenizerFingerprint, contextLength },
      ...{ precision, precisionReason, device, threads },
    };
    this.#tasks = new TaskDispatcher({
      threads,
      lengthMax: queueLengthMax,
      run: (thread, entries) => this.#threads.run(thread, entries),
      observer: {
        ...observer,
        batchDone: (thread, batch) => {
          this.#prefixes.set(thread, batch.prefixes);
          observer.batchDone?.(thread, batch);
        },
      },
      now: () => Date.now(),
    });
    const prefixBytesMaxOfThread = Math.floor(prefixBytesMax / threads);
    this.#threads = new ScoringThreads({
      threads,
      thread: { modelPath, graphs: preparation.prepared.graphs, device, prefixBytesMax: prefixBytesMaxOfThread },
      onReady: (thread) => this.#tasks.threadReady(thread),
      onLost: (thread) => {
        this.#evictionsOfLost += this.#prefixes.get(thread)?.evictions ?? 0;
        this.#prefixes.delete(thread);
        this.#tasks.threadLost(thread);
      },
      onStopped: (cause) =>
        this.#tasks.refuse(
          new ServiceError('not_ready', 'No scoring thread can be started.', { cause, retryAfterSeconds: 5 }),
        ),
    });
  }

  static async start(options: ScoringPoolOptions): Promise<ScoringPool> {
    const pool = new ScoringPool(options);
    try {
      await pool.#threads.start();
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  async score(task: ScoreTask, options: TaskOptions = {}): Promise<PairScore[]> {
    const { adapterDigest } = task;
    if (adapterDigest !== undefined && !this.#threads.hasAdapter(adapterDigest)) {
      throw new ServiceError('adapter_unavailable', `Adapter ${adapterDigest.slice(0, 12)} is not loaded.`);
    }
    const result = await this.#tasks.enqueue({ kind: 'score', task }, options);
    if (result.kind === 'scored') return result.scores;
    return scoreChunks(result.split, options.signal, (chunk, signal) =>
      this.#scores({ kind: 'chunk', task: chunkTask(task, chunk) }, { ...options, signal }),
    );
  }

  async queryLogLikelihood(task: QueryTask, options: TaskOptions = {}): Promise<number> {
    return (await this.#queryLikelihood(task, options)).meanLogLikelihood;
  }

  async queryTokenLogLikelihoods(task: QueryTask, options: TaskOptions = {}): Promise<Float32Array> {
    return (await this.#queryLikelihood(task, options)).targetLogLikelihoods;
  }

  async scoreTokens(task: TokenTask, options: TaskOptions = {}): Promise<PairScore> {
    const [score] = await this.#scores({ kind: 'tokens', task }, options);
    if (score === undefined) throw new Error('a scoring thread returned no score');
    return score;
  }

  loadAdapter(file: Uint8Array): Promise<AdapterSummary> {
    const digest = createHash('sha256').update(file).digest('hex');
    const known = this.#adapters.get(digest);
    if (known !== undefined && this.#threads.hasAdapter(digest)) return known;
    // A second caller with the same file waits for the first.
    const loading = this.#adapters.get(digest) ?? this.#loadAdapter(digest, file);
    this.#adapters.set(digest, loading);
    loading.catch(() => this.#adapters.delete(digest));
    return loading;
  }

  async unloadAdapter(digest: string): Promise<void> {
    if (this.#adapters.delete(digest)) await this.#threads.unloadAdapter(digest);
  }

  queueLength(): number {
    return this.#tasks.length;
  }

  queueWaitMs(isGuest: boolean): number {
    return this.#tasks.waitMs(isGuest);
  }

  memory(): EngineMemory {
    const prefixes = [...this.#prefixes.values()];
    return {
      prefixBytes: prefixes.reduce((sum, { bytes }) => sum + bytes, 0),
      prefixBytesMax: this.#options.prefixBytesMax,
      prefixes: prefixes.reduce((sum, { entries }) => sum + entries, 0),
      prefixEvictions: prefixes.reduce((sum, { evictions }) => sum + evictions, this.#evictionsOfLost),
      sessions: sessionsPerThread * this.info.threads,
      weightsShared: this.#options.preparation.prepared.graphs.packed !== null,
      weightsBytes: this.#options.preparation.weightsBytes,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tasks.refuse(new ServiceError('not_ready', 'The worker is shutting down.'));
    await this.#tasks.idle();
    await this.#threads.close();
  }

  #queryLikelihood(task: QueryTask, options: TaskOptions): Promise<QueryLikelihood> {
    return this.#queryLikelihoods.get(task, async () => {
      const [score] = await this.#scores({ kind: 'query', task }, options);
      if (score === undefined) throw new Error('a scoring thread returned no score');
      const { meanLogLikelihood, targetLogLikelihoods } = score;
      return { meanLogLikelihood, targetLogLikelihoods };
    });
  }

  async #scores(work: ScoringWork, options: TaskOptions): Promise<PairScore[]> {
    const result = await this.#tasks.enqueue(work, options);
    if (result.kind === 'scored') return result.scores;
    throw new Error(`a scoring thread split a task of the kind "${work.kind}"`);
  }

  async #loadAdapter(digest: string, file: Uint8Array): Promise<AdapterSummary> {
    if (this.#closed) throw new ServiceError('not_ready', 'The worker is shutting down.');
    const adapter = parseAdapterFile(file);
    const { hiddenSize, vocabularySize, modelFingerprint, tokenizerFingerprint } = this.#options.preparation;
    validateAdapterAgainstModel(adapter, { hiddenSize, vocabularySize, modelFingerprint, tokenizerFingerprint });
    // In shared memory: every thread reads the same bytes, and a thread that is started anew is given them again.
    const shared = new Uint8Array(new SharedArrayBuffer(file.byteLength));
    shared.set(file);
    await this.#threads.loadAdapter(digest, shared);
    const { method, template, calibration = null } = adapter.config;
    return { digest, method, template, bytes: file.byteLength, calibration };
  }
}

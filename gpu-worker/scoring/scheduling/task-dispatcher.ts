import type { BatchEntry, ScoringWork, TaskResult } from '#gpu-worker/scoring/batch/scoring-work.ts';
import type { EngineObserver } from '#gpu-worker/scoring/engine-observer.ts';
import { AbortGroups } from '#gpu-worker/scoring/scheduling/abort-groups.ts';
import { batchLimits } from '#gpu-worker/scoring/scheduling/batch-limits.ts';
import { estimateTask } from '#gpu-worker/scoring/scheduling/estimate-task.ts';
import type { PlannedTask } from '#gpu-worker/scoring/scheduling/planned-task.ts';
import { TaskPlanner } from '#gpu-worker/scoring/scheduling/task-planner.ts';
import type { TaskOptions } from '#gpu-worker/scoring/scoring-engine.ts';
import { ThreadLostError } from '#gpu-worker/scoring/threads/thread-lost-error.ts';
import { type BatchReply, fromPortableError } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { traceBatch } from '#gpu-worker/telemetry/trace-batch.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { errorName } from '#shared/tracing/in-span.ts';

/** A task, what it waits for, and where its result goes. */
interface WaitingTask extends PlannedTask {
  readonly work: ScoringWork;
  readonly options: TaskOptions;
  readonly queuedAtMs: number;
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: Error) => void;
}

export interface TaskDispatcherOptions {
  readonly threads: number;
  readonly lengthMax: number;
  /** Runs a batch on a thread. Rejects when the thread ends. */
  readonly run: (thread: number, entries: readonly BatchEntry[]) => Promise<BatchReply>;
  readonly observer: EngineObserver;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** 20 MB of digests at most; more prefixes than any cache holds. */
const ownersMax = 100_000;

/** Milliseconds that a row takes until the first batches tell, and the weight of the newest one. */
const rowMsAtFirst = 0.5;
const durationSmoothing = 0.1;

/** Who owns tasks of callers that say nothing of themselves. */
const nobody = '';

/** Tasks between their callers and the threads: puts the planner's decisions into effect, and every promise to its end. */
export class TaskDispatcher {
  readonly #options: TaskDispatcherOptions;
  readonly #planner: TaskPlanner<WaitingTask>;
  readonly #idle = new Set<number>();
  readonly #running = new Set<Promise<void>>();
  readonly #groups = new AbortGroups<WaitingTask>((task) => this.#cancel(task));
  #refusal: ServiceError | null = null;
  #rowMs = rowMsAtFirst;
  #taskMs = 0;
  #dispatching = false;

  constructor(options: TaskDispatcherOptions) {
    const { threads, lengthMax } = options;
    this.#options = options;
    const { rows: batchRowsMax, tasks: batchTasksMax } = batchLimits;
    this.#planner = new TaskPlanner({ threads, lengthMax, batchRowsMax, batchTasksMax, ownersMax });
  }

  /** Tasks waiting, not those running. */
  get length(): number {
    return this.#planner.length;
  }

  /** Milliseconds until what goes before a newcomer is worked off, by what tasks took of late: of the rows that are known when a task comes, most may be kept already. */
  waitMs(isGuest: boolean): number {
    const { length, guests } = this.#planner;
    return ((isGuest ? length : length - guests) * this.#taskMs) / this.#options.threads;
  }

  /** Rejects with ServiceError: `overloaded`, `deadline_exceeded`, `request_cancelled`, `not_ready`, and what the threads find wrong with a task. */
  enqueue(work: ScoringWork, options: TaskOptions): Promise<TaskResult> {
    const { signal, deadlineAtMs, tenant = nobody, request = nobody, priority = 0, isGuest = false } = options;
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    if (signal?.aborted) return Promise.reject(new ServiceError('request_cancelled'));
    return new Promise((resolve, reject) => {
      const queuedAtMs = this.#options.now();
      const whose = {
        tenant,
        request,
        priority,
        isGuest,
        deadlineAtMs,
        queuedAtMs,
        isContinuation: work.kind === 'chunk',
      };
      const task: WaitingTask = { ...whose, ...estimateTask(work), work, options, resolve, reject };
      if (!this.#planner.add(task)) throw this.#overloaded();
      if (signal !== undefined) this.#groups.add(signal, task);
      this.#dispatchSoon();
    });
  }

  threadReady(thread: number): void {
    this.#refusal = null;
    this.#idle.add(thread);
    this.#dispatch();
  }

  threadLost(thread: number): void {
    this.#idle.delete(thread);
    this.#planner.forget(thread);
    // Others may be idle, and take what only that thread would have.
    this.#dispatch();
  }

  /** Rejects what waits and, until a thread is ready again, what comes. */
  refuse(error: ServiceError): void {
    this.#refusal = error;
    for (const task of this.#planner.clear()) this.#end(task, () => task.reject(error));
  }

  /** Resolves when no batch is running. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
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
    if (this.#refusal !== null) return;
    for (const thread of [...this.#idle]) {
      const { tasks, expired } = this.#planner.take(thread, this.#options.now());
      for (const task of expired) this.#end(task, () => task.reject(new ServiceError('deadline_exceeded')));
      if (tasks.length === 0) continue;
      this.#idle.delete(thread);
      const run: Promise<void> = this.#run(thread, tasks).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  /** Never rejects: what goes wrong goes to the tasks. */
  async #run(thread: number, tasks: readonly WaitingTask[]): Promise<void> {
    const startedAtMs = this.#options.now();
    try {
      const reply = await this.#options.run(
        thread,
        tasks.map(({ work, deadlineAtMs, options: { trace } }) => ({
          work,
          deadlineAtMs,
          ...(trace?.isRecording ? { isTraced: true } : {}),
        })),
      );
      this.#trace(thread, tasks, startedAtMs, { reply });
      this.#learn(tasks, this.#options.now() - startedAtMs);
      this.#options.observer.batchDone?.(thread, reply);
      for (const [index, task] of tasks.entries()) this.#settle(task, startedAtMs, reply.outcomes[index]);
    } catch (error) {
      const reason = lossOf(error);
      this.#trace(thread, tasks, startedAtMs, { error });
      for (const task of tasks) this.#end(task, () => task.reject(reason));
      // Whoever started the thread tells of its loss, and of the next one's readiness.
      if (error instanceof ThreadLostError) return;
    }
    this.#idle.add(thread);
    this.#dispatch();
  }

  /** Before the tasks' callers go on, so that spans are there before their call's ends. */
  #trace(
    thread: number,
    tasks: readonly WaitingTask[],
    startedAtMs: number,
    { reply, error }: { readonly reply?: BatchReply; readonly error?: unknown },
  ): void {
    if (!tasks.some(({ options }) => options.trace?.isRecording)) return;
    traceBatch({
      ...{ thread, startedAtMs, endedAtMs: this.#options.now() },
      tasks: tasks.map(({ options: { trace }, queuedAtMs }, index) => {
        const outcome = reply?.outcomes[index];
        return { trace, queuedAtMs, timeline: outcome?.kind === 'failed' ? undefined : outcome?.times.timeline };
      }),
      ...(error === undefined ? {} : { error: errorName(error) }),
    });
  }

  #settle(task: WaitingTask, startedAtMs: number, outcome: BatchReply['outcomes'][number] | undefined): void {
    if (outcome === undefined || outcome.kind === 'failed') {
      const error = outcome && fromPortableError(outcome.error);
      this.#end(task, () => task.reject(error ?? new Error('a scoring thread answered too few tasks')));
      return;
    }
    const timing = { ...outcome.times, queueMs: startedAtMs - task.queuedAtMs };
    task.options.onTiming?.(timing);
    this.#options.observer.taskDone?.(outcome.kind === 'scored' ? outcome.scores : [], timing);
    this.#end(task, () => task.resolve(outcome));
  }

  #cancel(task: WaitingTask): void {
    this.#planner.remove(task);
    task.reject(new ServiceError('request_cancelled'));
  }

  #end(task: WaitingTask, settle: () => void): void {
    if (task.options.signal !== undefined) this.#groups.delete(task.options.signal, task);
    settle();
  }

  #learn(tasks: readonly WaitingTask[], milliseconds: number): void {
    const rows = tasks.reduce((sum, { prefixRows, suffixRows }) => sum + prefixRows + suffixRows, 0);
    this.#rowMs += (milliseconds / rows - this.#rowMs) * durationSmoothing;
    const taskMs = milliseconds / tasks.length;
    this.#taskMs = this.#taskMs === 0 ? taskMs : this.#taskMs + (taskMs - this.#taskMs) * durationSmoothing;
  }

  /** With the time until the queue is worked off at the pace of late, a second at least. */
  #overloaded(): ServiceError {
    const { lengthMax, threads } = this.#options;
    const retryAfterSeconds = Math.max(1, Math.ceil((this.#planner.rows * this.#rowMs) / threads / 1_000));
    const message = `The queue holds ${this.length} documents, its limit is ${lengthMax}, the last quarter of it for callers with few; retry in ${retryAfterSeconds} s.`;
    return new ServiceError('overloaded', message, { retryAfterSeconds });
  }
}

function lossOf(error: unknown): Error {
  if (error instanceof ThreadLostError) {
    const message = 'The thread that scored the documents ended; another takes its place.';
    return new ServiceError('not_ready', message, { retryAfterSeconds: 1, cause: error });
  }
  return error instanceof Error ? error : new Error(String(error));
}

import type { RunningProcess } from '#infra/local/processes/start-process.ts';

/** Milliseconds that a process gets to end by itself; everything has ended within five seconds of Ctrl-C. */
const forceAfterMs = 4_000;

/** What has to be undone, and the undoing: all processes at once, then the rest. */
export class Shutdown {
  readonly #processes = new Set<RunningProcess>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #finals: (() => Promise<unknown>)[] = [];
  readonly #controller = new AbortController();
  #stopped: Promise<void> | undefined;

  /** Fires when the stop begins. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts a process with a signal to give up on, and ends it with the others. Throws when the stop came first. */
  async start<Process extends RunningProcess>(starter: (signal: AbortSignal) => Promise<Process>): Promise<Process> {
    return this.step(async (signal) => {
      const process = await starter(signal);
      this.#processes.add(process);
      return process;
    });
  }

  /** Does one thing that ends soon after its signal fires, and that a stop waits for. Throws when the stop came first. */
  async step<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.signal.throwIfAborted();
    const running = work(this.signal);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Adds a step for after the processes. */
  onStop(step: () => Promise<unknown>): void {
    this.#finals.push(step);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    this.#controller.abort();
    // What starts gives up on the signal and ends its own process, or has just become one of those to end.
    await Promise.allSettled(this.#running);
    await Promise.all([...this.#processes].map((process) => process.stop(forceAfterMs)));
    for (const step of this.#finals) await step();
  }
}

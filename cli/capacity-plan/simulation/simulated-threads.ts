/** What floating point leaves over, milliseconds: a batch with less work left is done, and batches that differ by less are done at the same moment. */
const roundingMs = 1e-6;

/** Threads that work at a pace that depends on how many do, and a clock. */
export class SimulatedThreads<Task> {
  nowMs = 0;
  /** Time of all threads that they worked. */
  busyMs = 0;
  readonly #idle: Set<number>;
  readonly #running = new Map<number, { readonly tasks: readonly Task[]; leftMs: number }>();
  readonly #count: number;
  readonly #busySlowdown: number;

  /** @param busySlowdown how many times longer work takes while all threads do */
  constructor(count: number, busySlowdown: number) {
    this.#count = count;
    this.#busySlowdown = busySlowdown;
    this.#idle = new Set(Array.from({ length: count }, (_, thread) => thread));
  }

  get busy(): number {
    return this.#running.size;
  }

  /** Those with nothing to do, the one that has waited longest first, as the dispatcher asks them. */
  idle(): number[] {
    return [...this.#idle];
  }

  /** @param workMs of a thread that works alone */
  start(thread: number, tasks: readonly Task[], workMs: number): void {
    this.#idle.delete(thread);
    this.#running.set(thread, { tasks, leftMs: workMs });
  }

  /** Lets time pass until a batch is done, and gives its tasks back; or to `atMs`, and gives null. */
  runUntil(atMs: number): readonly Task[] | null {
    let first: number | null = null;
    let firstLeftMs = Number.POSITIVE_INFINITY;
    for (const [thread, { leftMs }] of this.#running) {
      // Of those that are done together the one that was started first: not the one that the last digit chooses.
      if (leftMs > firstLeftMs - roundingMs) continue;
      first = thread;
      firstLeftMs = leftMs;
    }
    const slowdown = this.#slowdown();
    const passedMs = Math.min(Math.max(0, firstLeftMs) * slowdown, Math.max(0, atMs - this.nowMs));
    if (passedMs === Number.POSITIVE_INFINITY) throw new Error('nothing runs and nothing comes');
    this.nowMs += passedMs;
    this.busyMs += passedMs * this.busy;
    for (const batch of this.#running.values()) batch.leftMs -= passedMs / slowdown;
    const done = first === null ? undefined : this.#running.get(first);
    if (first === null || done === undefined || done.leftMs > roundingMs) return null;
    this.#running.delete(first);
    this.#idle.add(first);
    return done.tasks;
  }

  /** From 1 with one busy thread to `busySlowdown` with all of them. */
  #slowdown(): number {
    if (this.#count === 1) return this.#busySlowdown;
    return 1 + ((this.#busySlowdown - 1) * Math.max(0, this.busy - 1)) / (this.#count - 1);
  }
}

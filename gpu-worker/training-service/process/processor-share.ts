/** What a process has used of the processor by a moment. */
export interface ProcessorUse {
  /** Milliseconds of processor time, user and system, of all its threads. */
  readonly processorMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly atMs: number;
}

/**
 * Holds a process to so many cores: a bucket that its processor time fills and that leaks at the rate it may use. Time that it did not use is not saved for
 * later, so over any stretch it uses at most rate × stretch and its longest piece of work between two rests.
 */
export class ProcessorShare {
  readonly #rate: number;
  #last: ProcessorUse = { processorMs: 0, atMs: 0 };
  #debtMs = 0;

  /** @param rate cores' worth of processor time, above 0. The first use counts from the process's start, where both clocks stand at 0. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Milliseconds to rest before the next piece of work, by what has been used until now. */
  restAfter(use: ProcessorUse): number {
    const used = use.processorMs - this.#last.processorMs;
    const passed = use.atMs - this.#last.atMs;
    this.#last = use;
    this.#debtMs = Math.max(0, this.#debtMs + used - this.#rate * passed);
    return this.#debtMs / this.#rate;
  }
}

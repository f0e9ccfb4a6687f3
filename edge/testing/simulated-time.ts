interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** Time that passes only while nothing else can happen: a simulation of seconds takes milliseconds, and always goes the same way. */
export class SimulatedTime {
  nowMs = 0;
  #timers: Timer[] = [];

  readonly now = (): number => this.nowMs;

  /** As AbortSignal.timeout. */
  readonly timeoutSignal = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    this.at(milliseconds, () => controller.abort(new DOMException('timed out', 'TimeoutError')));
    return controller.signal;
  };

  readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      this.at(milliseconds, resolve);
    });

  /** Does something so many milliseconds from now. */
  at(milliseconds: number, fire: () => void): void {
    this.#timers.push({ atMs: this.nowMs + milliseconds, fire });
  }

  /** Lets time pass until the promise has settled. Throws an Error where nothing is left that could settle it. */
  async run<Value>(promise: Promise<Value>): Promise<Value> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      // A turn of the event loop: every promise that can settle without time has done so.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (settled) return promise;
      this.#advance();
    }
  }

  #advance(): void {
    const next = Math.min(...this.#timers.map(({ atMs }) => atMs));
    if (!Number.isFinite(next)) throw new Error(`at ${this.nowMs} ms nothing is left to wait for`);
    this.nowMs = next;
    const due = this.#timers.filter(({ atMs }) => atMs <= next);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > next);
    for (const { fire } of due) fire();
  }
}

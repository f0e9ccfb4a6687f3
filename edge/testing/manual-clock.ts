interface Timer {
  readonly atMs: number;
  readonly controller: AbortController;
}

/** A clock that only moves when told to, and the timeouts that hang on it. */
export class ManualClock {
  nowMs: number;
  private timers: Timer[] = [];

  constructor(nowMs = Date.UTC(2026, 10, 23)) {
    this.nowMs = nowMs;
  }

  readonly now = (): number => this.nowMs;

  /** As AbortSignal.timeout. */
  readonly timeoutSignal = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    this.timers.push({ atMs: this.nowMs + milliseconds, controller });
    return controller.signal;
  };

  /** Sleeping passes the time at once. */
  readonly sleep = async (milliseconds: number): Promise<void> => this.advance(milliseconds);

  advance(milliseconds: number): void {
    this.nowMs += milliseconds;
    const due = this.timers.filter((timer) => timer.atMs <= this.nowMs);
    this.timers = this.timers.filter((timer) => timer.atMs > this.nowMs);
    for (const { controller } of due) controller.abort(new DOMException('timed out', 'TimeoutError'));
  }

  /** Moves to the earliest timeout and lets it go off: what a caller of something that hangs sees. */
  runToNextTimeout(): void {
    const next = Math.min(...this.timers.map((timer) => timer.atMs));
    if (Number.isFinite(next)) this.advance(next - this.nowMs);
  }
}

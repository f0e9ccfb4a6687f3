/** What is known of the speed of a run between two looks. */
export interface Pace {
  /** Mean over the steps since the last look. */
  readonly loss: number;
  readonly tokensPerSecond: number;
  /** Until all steps are done, looks included at the rate they had so far: a run may end sooner. Null before it can be told. */
  readonly secondsLeft: number | null;
}

/** Measures a run from its events. A run that goes on from a checkpoint is timed from there. `nowMs` is any clock that only goes forward. */
export class TrainingPace {
  readonly #nowMs: () => number;
  #start: { readonly step: number; readonly atMs: number };
  #recent: { steps: number; loss: number; tokens: number; readonly sinceMs: number };

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#start = { step: 0, atMs: nowMs() };
    this.#recent = { steps: 0, loss: 0, tokens: 0, sinceMs: nowMs() };
  }

  /** The run stands at `step` and its steps begin now: after the first look, or at a checkpoint. */
  begin(step: number): void {
    this.#start = { step, atMs: this.#nowMs() };
    this.endLook();
  }

  /** A look is over: the time until the next steps counts for nothing. */
  endLook(): void {
    this.#recent = { steps: 0, loss: 0, tokens: 0, sinceMs: this.#nowMs() };
  }

  addStep(loss: number, tokens: number): void {
    this.#recent.steps += 1;
    this.#recent.loss += loss;
    this.#recent.tokens += tokens;
  }

  /** Null when there was no step since the last look. */
  at(step: number, steps: number): Pace | null {
    const recent = this.#recent;
    if (recent.steps === 0) return null;
    const nowMs = this.#nowMs();
    const done = step - this.#start.step;
    return {
      loss: recent.loss / recent.steps,
      tokensPerSecond: recent.tokens / Math.max(1e-3, (nowMs - recent.sinceMs) / 1_000),
      secondsLeft: done === 0 ? null : ((nowMs - this.#start.atMs) / 1_000 / done) * (steps - step),
    };
  }
}

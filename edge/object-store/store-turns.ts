/** Milliseconds between two looks at whether the store has moved: one that hangs is given up after one to two of them, one that is slow moves meanwhile. */
const lookEveryMs = 30_000;

/**
 * Watches during an upload for how long it is the store's turn, to take a chunk or to answer. It only looks now and then: a Worker may not have as many
 * timers as an upload has chunks. The sender's turns are not timed here: its connection ends by itself.
 */
export class StoreTurns {
  readonly #timeoutSignal: (milliseconds: number) => AbortSignal;
  readonly #hanging = new AbortController();
  #turn = 0;
  #isStores = false;
  #over = false;

  constructor(timeoutSignal: (milliseconds: number) => AbortSignal) {
    this.#timeoutSignal = timeoutSignal;
  }

  /** Fires when a turn of the store's has lasted from one look to the next. */
  get hangs(): AbortSignal {
    return this.#hanging.signal;
  }

  /** It is the store's turn. */
  begin(): void {
    this.#turn += 1;
    this.#isStores = true;
    if (this.#turn === 1) this.#look(undefined);
  }

  /** The store has done what it had to. */
  end(): void {
    this.#isStores = false;
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#over = true;
  }

  #look(seen: number | undefined): void {
    const due = () => {
      if (this.#over) return;
      const turn = this.#isStores ? this.#turn : undefined;
      if (turn === undefined || turn !== seen) return this.#look(turn);
      this.#hanging.abort(new Error(`the store did nothing for ${lookEveryMs / 1_000} s`));
    };
    this.#timeoutSignal(lookEveryMs).addEventListener('abort', due, { once: true });
  }
}

import { ServiceError } from '#shared/errors/service-error.ts';

export interface Computation<Result> {
  /** Equal for computations whose results are interchangeable. */
  readonly key: string;
  /** Aborts when this caller has gone. */
  readonly signal: AbortSignal;
  /** A signal that aborts when this caller will no longer wait for somebody else's computation, and does its own. */
  readonly patience: () => AbortSignal;
  /** Keeps the request alive that computes for others, when its own caller has gone. */
  readonly runInBackground: (work: Promise<unknown>) => void;
  /** Its signal aborts when nobody waits any more. */
  readonly compute: (signal: AbortSignal) => Promise<Result>;
  /** Whether what came of somebody else's computation is good for this caller too; a deadline that passed there is not. */
  readonly accepts: (ending: Settled<Result>) => boolean;
}

/** How a computation ended. */
export type Settled<Result> =
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'error'; readonly error: unknown };

interface Flight<Result> {
  readonly result: Promise<Result>;
  waiting: number;
  /** Resolved when nobody waits; the abort itself then happens in the request that computes, since no request may touch another's connections. */
  readonly abandon: () => void;
}

type Ending<Result> = Settled<Result> | { readonly kind: 'gone' } | { readonly kind: 'impatient' };

/**
 * Lets equal computations of one isolate that overlap share one. A caller that leaves takes only itself away; the computation ends when the last one
 * has left. One whose ending is good for its starter alone is begun anew for whoever still waits.
 */
export class SharedComputations<Result> {
  readonly #flights = new Map<string, Flight<Result>>();

  /** Rejects with ServiceError `request_cancelled` when this caller has gone, and as `compute` does. */
  async run(computation: Computation<Result>): Promise<Result> {
    const { key, signal, patience, compute, accepts } = computation;
    for (;;) {
      const joined = this.#flights.get(key);
      const flight = joined ?? this.#start(computation);
      const ending = await this.#wait(key, flight, signal, joined === undefined ? undefined : patience());
      if (ending.kind === 'gone') throw new ServiceError('request_cancelled');
      if (ending.kind === 'impatient') return compute(signal);
      if (joined !== undefined && !accepts(ending)) continue;
      if (ending.kind === 'result') return ending.result;
      throw ending.error;
    }
  }

  #start({ key, compute, runInBackground }: Computation<Result>): Flight<Result> {
    const controller = new AbortController();
    const abandoned = Promise.withResolvers<void>();
    void abandoned.promise.then(() => controller.abort());
    const result = compute(controller.signal);
    const flight: Flight<Result> = { result, waiting: 0, abandon: abandoned.resolve };
    this.#flights.set(key, flight);
    const remove = () => this.#remove(key, flight);
    runInBackground(result.then(remove, remove));
    return flight;
  }

  async #wait(
    key: string,
    flight: Flight<Result>,
    signal: AbortSignal,
    patience: AbortSignal | undefined,
  ): Promise<Ending<Result>> {
    flight.waiting += 1;
    try {
      return await Promise.race([
        flight.result.then(
          (result): Ending<Result> => ({ kind: 'result', result }),
          (error: unknown): Ending<Result> => ({ kind: 'error', error }),
        ),
        whenAborted<Ending<Result>>(signal, { kind: 'gone' }),
        ...(patience === undefined ? [] : [whenAborted<Ending<Result>>(patience, { kind: 'impatient' })]),
      ]);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        this.#remove(key, flight);
        flight.abandon();
      }
    }
  }

  /** Nobody joins what has ended or will be aborted. */
  #remove(key: string, flight: Flight<Result>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

function whenAborted<Value>(signal: AbortSignal, value: Value): Promise<Value> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(value);
    signal.addEventListener('abort', () => resolve(value), { once: true });
  });
}

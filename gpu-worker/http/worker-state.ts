import type { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface ReadyPhase {
  readonly name: 'ready';
  readonly engine: ScoringEngine;
  readonly adapters: LoadedAdapters;
  /** The base model's constants for blended scores; null where there are none. */
  readonly calibration: Calibration | null;
  readonly tokenizerFingerprint: string;
}

/** Where a worker is in its life: it loads once, may fail to, serves, and drains once. */
export type WorkerPhase =
  | { readonly name: 'loading'; readonly stage: string; readonly fraction: number }
  | { readonly name: 'failed' }
  | ReadyPhase
  /** A worker that trains and scores nothing: as ready as it gets. */
  | { readonly name: 'training' }
  | { readonly name: 'draining' };

/** Seconds after which a caller may ask a worker again that has no model yet. */
const retryAfterSeconds = 2;

/** The one mutable thing that routes share: the phase, and the calls that a drain has to wait for. */
export class WorkerState {
  #phase: WorkerPhase = { name: 'loading', stage: 'starting', fraction: 0 };
  #running = 0;
  #onIdle: (() => void)[] = [];
  readonly #forced = new AbortController();

  get phase(): WorkerPhase {
    return this.#phase;
  }

  /** Fires when the grace time of a drain is over and running calls have to end. */
  get forcedStop(): AbortSignal {
    return this.#forced.signal;
  }

  /** A worker that drains stays so, whatever its loading still reports. */
  enter(phase: WorkerPhase): void {
    if (this.#phase.name !== 'draining') this.#phase = phase;
  }

  forceStop(): void {
    this.#forced.abort();
  }

  /** Runs one call that a drain waits for. Throws `not_ready` unless the worker is ready. */
  async serve<Result>(call: (parts: ReadyPhase) => Promise<Result>): Promise<Result> {
    const phase = this.#phase;
    if (phase.name !== 'ready') throw new ServiceError('not_ready', describePhase(phase), { retryAfterSeconds });
    this.#running += 1;
    try {
      return await call(phase);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  /** Resolves when no call is running. */
  async idle(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }
}

/** The sentence for a caller; why a model failed to load is for the log alone, because it holds paths. */
export function describePhase(phase: WorkerPhase): string {
  switch (phase.name) {
    case 'loading':
      return `The worker is loading its model (${phase.stage}, ${Math.round(phase.fraction * 100)} %).`;
    case 'failed':
      return 'The worker could not load its model; its log says why.';
    case 'training':
      return 'The worker trains; it scores nothing.';
    case 'draining':
      return 'The worker is shutting down.';
    case 'ready':
      return 'The worker is ready.';
  }
}

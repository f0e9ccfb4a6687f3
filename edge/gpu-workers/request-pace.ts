import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import { type ShardJob, scoreShard } from '#edge/gpu-workers/score-shard.ts';
import type { ShardOutcome } from '#edge/gpu-workers/shard-outcome.ts';

export interface RequestPaceOptions {
  /** Shards that are scored at once, at most. */
  readonly atOnceMax: number;
  /** Unix milliseconds after which nobody waits. */
  readonly deadlineAtMs: number;
  /** Aborts when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * How many shards of one request are with its workers at once. A worker that is full is one that this request fills itself, or that gets on; to fail
 * would lose what was scored already. So a shard that is refused goes back to the front of those that wait, no more are sent than the workers had room
 * for, and after the time that the worker named one more is tried. A request whose every shard was refused has nothing to lose and is refused too.
 */
export class RequestPace {
  readonly #ports: FanOutPorts;
  readonly #options: RequestPaceOptions;
  readonly #waiting: (() => void)[] = [];
  #atOnce: number;
  #active = 0;
  #hasScored = false;
  #isWidening = false;

  constructor(ports: FanOutPorts, options: RequestPaceOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#atOnce = options.atOnceMax;
    // Whoever waits finds out by itself that it is over.
    options.signal.addEventListener('abort', () => this.#widenTo(Number.POSITIVE_INFINITY), { once: true });
  }

  /** As scoreShard, with as many attempts at full workers as the deadline leaves time for. */
  async score(job: ShardJob): Promise<ShardOutcome> {
    await this.#enter((go) => this.#waiting.push(go));
    for (;;) {
      const outcome = await scoreShard(this.#ports, job);
      this.#active -= 1;
      if (outcome.kind === 'scored') this.#hasScored = true;
      const isFull = outcome.kind === 'failed' && outcome.reason === 'overloaded';
      if (!isFull || this.#isOver() || (this.#active === 0 && !this.#hasScored)) {
        this.#admit();
        return outcome;
      }
      this.#atOnce = this.#active;
      void this.#widenAfter(outcome.error.retryAfterSeconds ?? 1);
      await this.#enter((go) => this.#waiting.unshift(go));
    }
  }

  async #enter(queue: (go: () => void) => void): Promise<void> {
    if (this.#active >= this.#atOnce) await new Promise<void>((resolve) => queue(resolve));
    else this.#active += 1;
  }

  #admit(): void {
    while (this.#active < this.#atOnce) {
      const go = this.#waiting.shift();
      if (go === undefined) return;
      this.#active += 1;
      go();
    }
  }

  #widenTo(atOnce: number): void {
    this.#atOnce = atOnce;
    this.#admit();
  }

  /** One more at a time, until as many as there may be are with the workers, or the deadline has passed, which each shard then finds. */
  async #widenAfter(seconds: number): Promise<void> {
    const { now, sleep } = this.#ports;
    const { atOnceMax, deadlineAtMs } = this.#options;
    if (this.#isWidening) return;
    this.#isWidening = true;
    while (this.#atOnce < atOnceMax && !this.#isOver()) {
      await sleep(Math.max(0, Math.min(seconds * 1_000, deadlineAtMs - now())));
      this.#widenTo(this.#isOver() ? Number.POSITIVE_INFINITY : this.#atOnce + 1);
    }
    this.#isWidening = false;
  }

  #isOver(): boolean {
    const { deadlineAtMs, signal } = this.#options;
    return signal.aborted || this.#ports.now() >= deadlineAtMs;
  }
}

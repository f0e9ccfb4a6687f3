import type { TrainingEvent } from '#gpu-worker/training/training-run.ts';
import type { Heartbeat, TrainingNews } from '#shared/protocol/training-work.ts';

export type SavedCheckpoint = NonNullable<Heartbeat['checkpoint']>;

/** What is told in one heartbeat. */
export type Tidings = Pick<Heartbeat, 'progress' | 'news' | 'checkpoint'>;

/** Collects what a run reports until the next heartbeat takes it. */
export class ProgressTally {
  readonly #nowMs: () => number;
  #step = 0;
  #steps: number | null = null;
  #tokens = 0;
  #losses: number[] = [];
  #news: TrainingNews[] = [];
  #checkpoint: SavedCheckpoint | null = null;
  /** When the first step of this process began to count, and which it was: its pace says what time is left. */
  #pace: { readonly startMs: number; readonly step: number } | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Tokens of all steps so far, those before a checkpoint among them. */
  get tokens(): number {
    return this.#tokens;
  }

  add(event: TrainingEvent): void {
    switch (event.kind) {
      case 'step':
        this.#step = event.step;
        this.#steps = event.steps;
        this.#tokens += event.tokens;
        this.#losses.push(event.loss);
        this.#pace ??= { startMs: this.#nowMs(), step: event.step };
        return;
      case 'resumed':
        this.#step = event.step;
        this.#tokens = event.tokens;
        this.#news.push({ kind: 'resumed', step: event.step });
        return;
      case 'base':
      case 'dev':
      case 'stopped-early':
        this.#news.push(event);
    }
  }

  addCheckpoint(checkpoint: SavedCheckpoint): void {
    this.#checkpoint = checkpoint;
  }

  /** What has come since the last time. */
  take(): Tidings {
    const losses = this.#losses;
    const tidings: Tidings = {
      progress:
        this.#steps === null
          ? null
          : {
              step: this.#step,
              steps: this.#steps,
              loss: losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
              tokens: this.#tokens,
              seconds_left: this.#secondsLeft(),
            },
      news: this.#news,
      checkpoint: this.#checkpoint,
    };
    this.#losses = [];
    this.#news = [];
    this.#checkpoint = null;
    return tidings;
  }

  #secondsLeft(): number | null {
    if (this.#pace === null || this.#steps === null || this.#step <= this.#pace.step) return null;
    const secondsPerStep = (this.#nowMs() - this.#pace.startMs) / 1_000 / (this.#step - this.#pace.step);
    return Math.max(0, secondsPerStep * (this.#steps - this.#step));
  }
}

import type { StageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import { suffixRunSize } from '#gpu-worker/scoring/batch/suffix-run-size.ts';
import type { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import type { TargetRun } from '#gpu-worker/scoring/suffix-feeds.ts';

/** A sequence that was handed over; its values are there after the next flush. */
export interface PendingSequence {
  /** log p of the targets, nats: float32 [N]. Throws what the run threw, or when there was none yet. */
  readonly values: () => Float32Array;
}

/** What one run did. */
export interface SuffixRun {
  readonly sequences: number;
  readonly rows: number;
  readonly milliseconds: number;
}

interface Waiting {
  readonly run: TargetRun;
  readonly rows: number;
  readonly times: StageTimes;
  readonly settle: (result: Float32Array | Error) => void;
}

export interface SuffixRunsOptions {
  readonly runner: Pick<LanguageModelRunner, 'slots' | 'logProbabilities'>;
  /** D. */
  readonly width: number;
  /** Called after each run, when no sequence that was handed over is waiting any more. */
  readonly onFlushed: () => void;
}

/** Gathers suffixes of any documents, queries and adapters into runs of as many as fit; none depends on the others, so the order is that of arrival. */
export class SuffixRuns {
  readonly done: SuffixRun[] = [];
  readonly #options: SuffixRunsOptions;
  #waiting: Waiting[] = [];
  #rows = 0;

  constructor(options: SuffixRunsOptions) {
    this.#options = options;
  }

  /** Takes a sequence; runs those before it first where it no longer fits. */
  async add(run: TargetRun, times: StageTimes): Promise<PendingSequence> {
    const rows = run.embeddings.length / this.#options.width;
    if (this.#waiting.length === this.#options.runner.slots || this.#rows + rows > suffixRunSize.rows)
      await this.flush();
    let result: Float32Array | Error = new Error('the sequence has not been run yet');
    const settle = (settled: Float32Array | Error) => {
      result = settled;
    };
    this.#waiting.push({ run, rows, times, settle });
    this.#rows += rows;
    return {
      values() {
        if (result instanceof Error) throw result;
        return result;
      },
    };
  }

  /** Runs what waits. Never throws: what goes wrong goes to the sequences. */
  async flush(): Promise<void> {
    const waiting = this.#waiting;
    const allRows = this.#rows;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#rows = 0;
    const startedAtMs = performance.now();
    try {
      const values = await this.#options.runner.logProbabilities(waiting.map(({ run }) => run));
      for (const [index, { settle }] of waiting.entries())
        settle(values[index] ?? new Error('the run returned nothing for its sequence'));
    } catch (error) {
      for (const { settle } of waiting) settle(error instanceof Error ? error : new Error(String(error)));
    }
    const endedAtMs = performance.now();
    const milliseconds = endedAtMs - startedAtMs;
    const run = { rows: allRows, sequences: waiting.length };
    for (const { rows, times } of waiting) {
      times.suffixMs += (milliseconds * rows) / allRows;
      times.timeline?.spans.push({ stage: 'suffix', startedAtMs, endedAtMs, run });
    }
    this.done.push({ sequences: waiting.length, rows: allRows, milliseconds });
    this.#options.onFlushed();
  }
}

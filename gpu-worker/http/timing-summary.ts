import type { TaskTiming } from '#gpu-worker/scoring/engine-observer.ts';
import type { ScoreTiming } from '#shared/protocol/score.ts';

/** Where the time of one call went, over all its documents. */
export class TimingSummary {
  readonly #sum: ScoreTiming = {
    queue_ms: 0,
    tokenize_ms: 0,
    prefix_ms: 0,
    hints_ms: 0,
    suffix_ms: 0,
    prefixes: 0,
    prefix_hits: 0,
  };

  add(timing: TaskTiming): void {
    const sum = this.#sum;
    sum.queue_ms = Math.max(sum.queue_ms, timing.queueMs);
    sum.tokenize_ms += timing.tokenizeMs;
    sum.prefix_ms += timing.prefixMs;
    sum.hints_ms += timing.hintsMs;
    sum.suffix_ms += timing.suffixMs;
    sum.prefixes += timing.prefixHits + timing.prefixMisses;
    sum.prefix_hits += timing.prefixHits;
  }

  /** As it goes over the wire. */
  result(): ScoreTiming {
    return { ...this.#sum };
  }
}

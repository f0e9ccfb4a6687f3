import type { TaskTiming } from '#gpu-worker/scoring/engine-observer.ts';

/** Where the time of one call went, over all its documents. */
export class TimingSummary {
  #queueMs = 0;
  #tokenizeMs = 0;
  #prefixMs = 0;
  #hintsMs = 0;
  #suffixMs = 0;
  #prefixes = 0;
  #prefixHits = 0;

  add(timing: TaskTiming): void {
    this.#queueMs = Math.max(this.#queueMs, timing.queueMs);
    this.#tokenizeMs += timing.tokenizeMs;
    this.#prefixMs += timing.prefixMs;
    this.#hintsMs += timing.hintsMs;
    this.#suffixMs += timing.suffixMs;
    this.#prefixes += timing.prefixHits + timing.prefixMisses;
    this.#prefixHits += timing.prefixHits;
  }

  /**
   * The value of Server-Timing, milliseconds: `queue` is the wait of the document that waited longest, the stages are the work of all threads, which run
   * at the same time, and `total` is what passed on the clock.
   */
  header(totalMs: number): string {
    const entries: readonly (readonly [string, number, string?])[] = [
      ['queue', this.#queueMs],
      ['tokenize', this.#tokenizeMs],
      ['prefix', this.#prefixMs, `${this.#prefixHits} of ${this.#prefixes} kept`],
      ['hints', this.#hintsMs],
      ['suffix', this.#suffixMs],
      ['total', totalMs],
    ];
    return entries
      .map(([name, ms, text]) => `${name};dur=${ms.toFixed(1)}${text === undefined ? '' : `;desc="${text}"`}`)
      .join(', ');
  }
}

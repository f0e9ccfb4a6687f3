/** Latencies of one size that are remembered: the newest. */
const samplesMax = 100;

/** Below this many, a percentile says little. */
const samplesMin = 10;

/** Recent latencies of successful calls, by the size of what was scored: a call of ten documents says nothing of one of a hundred. */
export class LatencyWindow {
  /** By the power of two of the characters. */
  readonly #samples = new Map<number, number[]>();

  record(characters: number, milliseconds: number): void {
    const samples = this.#samples.get(sizeOf(characters)) ?? [];
    samples.push(milliseconds);
    if (samples.length > samplesMax) samples.shift();
    this.#samples.set(sizeOf(characters), samples);
  }

  /** Milliseconds in which 95 % of recent calls of about this size were answered; undefined where there were too few. */
  p95(characters: number): number | undefined {
    const samples = this.#samples.get(sizeOf(characters)) ?? [];
    if (samples.length < samplesMin) return undefined;
    const sorted = samples.toSorted((left, right) => left - right);
    return sorted[Math.ceil(sorted.length * 0.95) - 1];
  }
}

function sizeOf(characters: number): number {
  return Math.ceil(Math.log2(Math.max(1, characters)));
}

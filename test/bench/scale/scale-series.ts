/** Times at one size. `cold`: nothing of it was there before; `warm`: everything was. */
export interface ScalePoint {
  readonly x: number;
  /** Milliseconds, one a repetition. */
  readonly cold: number[];
  readonly warm: number[];
}

/** How the time of a request grows with one thing. */
export interface ScaleSeries {
  readonly name: 'documents' | 'tokens' | 'tokens-in-chunks' | 'adapters';
  /** What is the same at all points, in words. */
  readonly setting: string;
  readonly points: readonly ScalePoint[];
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

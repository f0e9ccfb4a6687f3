/** Where one task's time on its thread went. Milliseconds; of a run that it shared, its part by rows. */
export interface StageTimes {
  tokenizeMs: number;
  prefixMs: number;
  hintsMs: number;
  suffixMs: number;
  /** Prefixes that were kept from earlier, and those that had to be computed. */
  prefixHits: number;
  prefixMisses: number;
}

export function emptyStageTimes(): StageTimes {
  return { tokenizeMs: 0, prefixMs: 0, hintsMs: 0, suffixMs: 0, prefixHits: 0, prefixMisses: 0 };
}

/** Adds the duration of `work` to one stage, also when it throws. */
export async function measureStage<Result>(
  times: StageTimes,
  stage: 'tokenizeMs' | 'prefixMs' | 'hintsMs',
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const startedAtMs = performance.now();
  try {
    return await work();
  } finally {
    times[stage] += performance.now() - startedAtMs;
  }
}

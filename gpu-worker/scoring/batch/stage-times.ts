import type { StageTimeline } from '#gpu-worker/telemetry/stage-timeline.ts';

/** Where one task's time on its thread went. Milliseconds; of a run that it shared, its part by rows. */
export interface StageTimes {
  tokenizeMs: number;
  prefixMs: number;
  hintsMs: number;
  suffixMs: number;
  /** Prefixes that were kept from earlier, and those that had to be computed. */
  prefixHits: number;
  prefixMisses: number;
  /** When it was; only of tasks that somebody traces. */
  readonly timeline?: StageTimeline;
}

/** `clockStartMs` — unix milliseconds at which `performance.now()` was zero, for a task that is traced. */
export function emptyStageTimes(clockStartMs?: number): StageTimes {
  const timeline = clockStartMs === undefined ? {} : { timeline: { clockStartMs, spans: [] } };
  return { tokenizeMs: 0, prefixMs: 0, hintsMs: 0, suffixMs: 0, prefixHits: 0, prefixMisses: 0, ...timeline };
}

const stageNames = { tokenizeMs: 'tokenize', prefixMs: 'prefix', hintsMs: 'hints' } as const;

/** Adds the duration of `work` to one stage, also when it throws. */
export async function measureStage<Result>(
  times: StageTimes,
  stage: keyof typeof stageNames,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const startedAtMs = performance.now();
  try {
    return await work();
  } finally {
    const endedAtMs = performance.now();
    times[stage] += endedAtMs - startedAtMs;
    times.timeline?.spans.push({ stage: stageNames[stage], startedAtMs, endedAtMs });
  }
}

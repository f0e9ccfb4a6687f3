/** A stage of one task's work on its thread, in milliseconds of the thread's own clock. */
export interface StageSpan {
  readonly stage: 'tokenize' | 'prefix' | 'hints' | 'suffix';
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Of a run that tasks share: its rows and sequences, over all of them. */
  readonly run?: { readonly rows: number; readonly sequences: number };
}

/** When a traced task's stages were; crosses threads as it is. */
export interface StageTimeline {
  /** Unix milliseconds at which the thread's clock stood at zero, as of the batch. */
  readonly clockStartMs: number;
  readonly spans: StageSpan[];
}

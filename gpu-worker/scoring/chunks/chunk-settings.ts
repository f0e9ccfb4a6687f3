/** How a long document is scored piece by piece. */
export interface ChunkSettings {
  /** Tokens of a chunk at most; a document that has no more is scored in one piece, as if there were no chunks. */
  readonly tokens: number;
  /** Any stretch of so many tokens is whole in some chunk. At most half of `tokens`. */
  readonly overlap: number;
  /** Chunks of a document at most; what lies behind them is cut. */
  readonly countMax: number;
}

/** From `start` up to, and without, `end`. */
export interface ChunkRange {
  readonly start: number;
  readonly end: number;
}

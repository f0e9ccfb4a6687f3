import type { ChunkRange } from '#gpu-worker/scoring/chunks/chunk-settings.ts';

/** A stretch of a document that is scored as a document of its own. */
export interface DocumentChunk {
  readonly ids: Uint32Array;
  /** Its tokens among the document's. */
  readonly tokens: ChunkRange;
  /** Its UTF-16 code units in the document's text; null where the tokenizer changes the text, so that they do not correspond. */
  readonly characters: ChunkRange | null;
  /** How much of each query of the group its words cover. */
  readonly lexicalMatches: readonly number[];
}

/** The chunks for queries that leave the same room in the model's context: nearly always all of them. */
export interface ChunkGroup {
  /** Positions of the queries in the task. */
  readonly queries: readonly number[];
  /** In the order of the document; never empty. */
  readonly chunks: readonly DocumentChunk[];
  /** Whether a part of the document is in none of them. */
  readonly truncated: boolean;
}

/** A document that is longer than a chunk. Every query of the task is in one group. */
export type DocumentSplit = readonly ChunkGroup[];

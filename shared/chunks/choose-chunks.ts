import { limits } from '#shared/limits.ts';
import type { ChunkSettings } from '#shared/protocol/chunks.ts';

/** What a caller says of chunks. */
export interface WantedChunks {
  readonly maxChunksPerDoc?: number | undefined;
  readonly chunkTokens?: number | undefined;
  readonly chunkOverlap?: number | undefined;
}

/** How documents are split; undefined where nothing asks for it: each is then scored in one piece. A single chunk a document is Cohere's way to say so. */
export function chooseChunks({ maxChunksPerDoc, chunkTokens, chunkOverlap }: WantedChunks): ChunkSettings | undefined {
  if (chunkTokens === undefined && chunkOverlap === undefined && (maxChunksPerDoc ?? 1) === 1) return undefined;
  const tokens = chunkTokens ?? limits.chunkTokensDefault;
  return {
    tokens,
    overlap: chunkOverlap ?? Math.floor(tokens * limits.chunkOverlapShareDefault),
    count_max: maxChunksPerDoc ?? limits.chunksPerDocMax,
  };
}

/** Tokens that a chunk may share with the one before it. */
export function chunkOverlapMax({ chunkTokens = limits.chunkTokensDefault }: WantedChunks): number {
  return Math.floor(chunkTokens * limits.chunkOverlapShareMax);
}

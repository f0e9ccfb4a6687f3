import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import type { BestChunk } from '#gpu-worker/scoring/scoring-engine.ts';
import type { BestChunk as SentChunk, ChunkSettings as SentSettings } from '#shared/protocol/chunks.ts';

/** As the engine takes it. */
export function readChunkSettings({ tokens, overlap, count_max: countMax }: SentSettings): ChunkSettings {
  return { tokens, overlap, countMax };
}

/** As it goes over the wire. */
export function shapeBestChunk({ index, count, tokens, characters }: BestChunk): SentChunk {
  return { index, count, tokens: { ...tokens }, characters: characters && { ...characters } };
}

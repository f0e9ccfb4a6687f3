import type { ArgsDef } from 'citty';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import { chooseChunks, chunkOverlapMax } from '#shared/chunks/choose-chunks.ts';
import { limits } from '#shared/limits.ts';

/** The flags of commands that score long documents in chunks. */
export const chunkFlags = {
  'chunk-tokens': {
    type: 'string',
    valueHint: 'N',
    description: `Score longer documents in chunks of at most N tokens (${limits.chunkTokensDefault} with the other flags alone); the best one counts. --max-tokens-per-doc is then ${limits.chunkedTokensPerDocDefault} unless given.`,
  },
  'chunk-overlap': {
    type: 'string',
    valueHint: 'N',
    description: 'Tokens that chunks share with their neighbour, at most half of them. Without it: an eighth.',
  },
  'max-chunks-per-doc': {
    type: 'string',
    valueHint: 'N',
    description: 'Chunks of a document at most; the rest is cut off.',
  },
} as const satisfies ArgsDef;

export interface ChunkArguments {
  readonly 'chunk-tokens'?: string | undefined;
  readonly 'chunk-overlap'?: string | undefined;
  readonly 'max-chunks-per-doc'?: string | undefined;
}

/** undefined: no flag asks for chunks. @throws UsageError naming the flag, the value and the limits */
export function parseChunkFlags(flags: ChunkArguments): ChunkSettings | undefined {
  const read = (flag: keyof ChunkArguments, min: number, max: number) => {
    const text = flags[flag];
    return text === undefined ? undefined : parseInteger(flag, text, min, max);
  };
  const chunkTokens = read('chunk-tokens', limits.chunkTokensMin, limits.maxTokensPerDocMax);
  const chunks = chooseChunks({
    chunkTokens,
    chunkOverlap: read('chunk-overlap', 0, chunkOverlapMax({ chunkTokens })),
    maxChunksPerDoc: read('max-chunks-per-doc', 1, limits.chunksPerDocMax),
  });
  return chunks && { tokens: chunks.tokens, overlap: chunks.overlap, countMax: chunks.count_max };
}

import { expect, it } from 'vitest';
import { chooseChunks, chunkOverlapMax } from '#shared/chunks/choose-chunks.ts';
import { limits } from '#shared/limits.ts';
import { chunkSettingsSchema } from '#shared/protocol/chunks.ts';

it('splits nothing unless asked to, and one chunk a document is not', () => {
  expect(chooseChunks({})).toBeUndefined();
  expect(chooseChunks({ maxChunksPerDoc: 1 })).toBeUndefined();
});

it('takes chunks as long as a document without chunks is cut to, so that whatever fits scores the same', () => {
  expect(chooseChunks({ maxChunksPerDoc: 10 })).toEqual({
    tokens: limits.maxTokensPerDocDefault,
    overlap: 64,
    count_max: 10,
  });
});

it('takes as many as there can be where their size is named', () => {
  expect(chooseChunks({ chunkTokens: 200 })).toEqual({ tokens: 200, overlap: 25, count_max: limits.chunksPerDocMax });
  expect(chooseChunks({ chunkOverlap: 0 })).toEqual({ tokens: 512, overlap: 0, count_max: limits.chunksPerDocMax });
  expect(chooseChunks({ chunkTokens: 200, maxChunksPerDoc: 1 })).toMatchObject({ tokens: 200, count_max: 1 });
});

it('gives what a worker takes, at the ends of what may be asked for too', () => {
  for (const chunkTokens of [limits.chunkTokensMin, 65, limits.maxTokensPerDocMax])
    for (const chunkOverlap of [undefined, 0, chunkOverlapMax({ chunkTokens })])
      expect(chunkSettingsSchema.safeParse(chooseChunks({ chunkTokens, chunkOverlap })).success).toBe(true);
});

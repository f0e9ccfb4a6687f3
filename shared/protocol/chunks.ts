import { z } from 'zod';
import { limits } from '#shared/limits.ts';

/** How a document with more tokens than a chunk is scored: piece by piece, and the best piece counts. */
export const chunkSettingsSchema = z
  .object({
    tokens: z.int().min(limits.chunkTokensMin).max(limits.maxTokensPerDocMax).describe('Of a chunk, at most.'),
    overlap: z.int().min(0).describe('Tokens that a chunk shares with the one before it; at most half of `tokens`.'),
    count_max: z.int().min(1).max(limits.chunksPerDocMax).describe('Chunks of a document; what lies behind is cut.'),
  })
  .refine(({ tokens, overlap }) => overlap <= tokens * limits.chunkOverlapShareMax, {
    path: ['overlap'],
    message: 'is more than half of tokens',
  });
export type ChunkSettings = z.infer<typeof chunkSettingsSchema>;

const rangeSchema = z.object({
  start: z
    .number()
    .int()
    .min(0)
    .meta({ description: 'The first one, counted from 0.', examples: [448] }),
  end: z
    .number()
    .int()
    .min(0)
    .meta({ description: 'The first one behind.', examples: [960] }),
});

/** The chunk of a long document that counts. */
export const bestChunkSchema = z.object({
  index: z
    .number()
    .int()
    .min(0)
    .meta({ description: 'Which chunk it is, counted from 0.', examples: [1] }),
  count: z
    .number()
    .int()
    .min(1)
    .meta({ description: 'How many chunks the document has.', examples: [3] }),
  tokens: rangeSchema.meta({ description: 'Its tokens among the document’s.', examples: [{ start: 448, end: 960 }] }),
  characters: rangeSchema.nullable().meta({
    description:
      'Its characters in the text that was scored, as JavaScript counts them (UTF-16 code units); null where the model’s tokenizer normalises the text.',
    examples: [{ start: 1_970, end: 4_210 }],
  }),
});
export type BestChunk = z.infer<typeof bestChunkSchema>;

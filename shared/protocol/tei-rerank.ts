import { z } from 'zod';
import { limits } from '#shared/limits.ts';

/** Text Embeddings Inference's rerank: chosen when the body has `texts`. Documented here; parsed by translation into RerankRequest. */
export const teiRerankRequestSchema = z
  .object({
    query: z
      .string()
      .max(limits.queryCharactersMax)
      .meta({ description: 'What the texts are ordered for.', examples: ['When was the Eiffel Tower built?'] }),
    texts: z
      .array(z.string())
      .min(1)
      .max(limits.documentsPerRequestMax)
      .meta({ description: 'The candidates.', examples: [['The tower was finished in 1889.']] }),
    truncate: z
      .boolean()
      .optional()
      .meta({ description: 'As `truncation` of RerankRequest; absent: true.', examples: [true] }),
    truncation_direction: z
      .enum(['Right', 'right'])
      .optional()
      .meta({ description: 'Documents keep their start.', examples: ['Right'] }),
    raw_scores: z
      .boolean()
      .optional()
      .meta({ description: 'As `raw_scores` of RerankRequest.', examples: [false] }),
    scoring: z
      .enum(['blended', 'likelihood'])
      .optional()
      .meta({ description: 'As `scoring` of RerankRequest.', examples: ['blended'] }),
    return_text: z
      .boolean()
      .optional()
      .meta({ description: 'Whether each result carries its text.', examples: [false] }),
  })
  .meta({ id: 'TeiRerankRequest' });

export const teiRerankResponseSchema = z
  .array(
    z.object({
      index: z
        .number()
        .int()
        .min(0)
        .meta({ description: 'Position of the text in the request.', examples: [0] }),
      score: z.number().meta({ description: 'As `relevance_score` of RerankResult.', examples: [0.2122] }),
      text: z
        .string()
        .optional()
        .meta({ description: 'With `return_text`.', examples: ['The tower was finished in 1889.'] }),
    }),
  )
  .meta({ id: 'TeiRerankResponse' });

export type TeiRerankResponse = z.infer<typeof teiRerankResponseSchema>;

import { z } from 'zod';

const count = (description: string, example: number) => z.int().meta({ description, examples: [example] });

/** vLLM's answer to pairs to score, and what a rerank says in `meta`. */
export const pairScoreResponseSchema = z
  .object({
    id: z.string().meta({
      description: 'The request id, also in X-Request-Id.',
      examples: ['5b6c2c6e-8d3c-4d0f-9a52-3b6f5d8f1d11'],
    }),
    object: z.literal('list'),
    created: count('Unix seconds.', 1_780_000_000),
    model: z.string().meta({
      description: 'The base model, or the adapter with the version that was used.',
      examples: ['smollm2-135m-instruct'],
    }),
    data: z
      .array(
        z
          .object({
            index: count('Position of the pair.', 0),
            object: z.literal('score'),
            score: z.number().meta({ description: 'As `relevance_score` of RerankResult.', examples: [0.2122] }),
            mean_log_likelihood: z
              .number()
              .meta({ description: 'As in RerankResult: nats per query token.', examples: [-1.55] }),
          })
          .meta({ id: 'PairScore' }),
      )
      .meta({ description: 'A score for each pair, in the order of the request.' }),
    usage: z.object({
      prompt_tokens: count('Tokens of every document, plus its query.', 412),
      total_tokens: count('The same: nothing is generated.', 412),
    }),
    meta: z.object({
      billed_units: z.object({
        search_units: count('One per different query and up to 100 of its documents.', 1),
      }),
      cached_tokens: count('The part of the tokens whose scores were kept from earlier requests.', 206),
      cached_documents: count('Pairs whose scores were kept from earlier requests.', 1),
      warnings: z
        .array(z.string())
        .optional()
        .meta({
          description: 'What was done other than asked, as in RerankResponse.',
          examples: [['cut to their first 512 tokens (max_tokens_per_doc): the documents at index 3, 17']],
        }),
    }),
  })
  .meta({ id: 'ScoreResponse' });
export type PairScoreResponse = z.infer<typeof pairScoreResponseSchema>;

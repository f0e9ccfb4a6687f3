import { z } from 'zod';

/** What a GPU worker says of a score beside the number: parts of the internal call of score.ts, where `explain` asks for them. */

const spanFields = {
  text: z.string().describe('The token, decoded alone.'),
  start: z.int().nullable().describe('Its place in the text, UTF-16 code units; null where it has none.'),
  end: z.int().nullable(),
};

/** Of the query: the scored tokens, and how likely each is without a document. */
export const queryExplanationSchema = z.object({
  tokens: z.array(z.object({ ...spanFields, log_likelihood: z.number().describe('Without a document, nats.') })),
});
export type QueryExplanation = z.infer<typeof queryExplanationSchema>;

/** Of one document. */
export const documentExplanationSchema = z.object({
  target_log_likelihoods: z.array(z.number()).describe('Given the document, nats, one for each token of the query.'),
  hints: z
    .object({
      method: z.enum(['retrieve', 'attend']),
      tokens: z.array(
        z.object({
          ...spanFields,
          position: z.int().min(0).describe('Place among the tokens of the document, from 0.'),
          query_token: z.int().min(0).optional().describe('Place of the query token that chose it, from 0.'),
          similarity: z.number().optional(),
          weight: z.number().optional(),
        }),
      ),
    })
    .optional()
    .describe('Absent without an adapter, and for soft prompts.'),
});
export type DocumentExplanation = z.infer<typeof documentExplanationSchema>;

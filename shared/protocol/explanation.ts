import { z } from 'zod';

const offset = (description: string, example: number) =>
  z
    .int()
    .nullable()
    .meta({ description, examples: [example] });

const placeFields = (where: string) => ({
  text: z
    .string()
    .meta({ description: 'The token, decoded alone; a part of a character is U+FFFD.', examples: [' tower'] }),
  start: offset(
    `Where it begins in ${where}, in UTF-16 code units; null where the template added it or the tokenizer rewrote the text.`,
    21,
  ),
  end: offset('Where it ends.', 27),
});

const nats = (description: string, example: number) => z.number().meta({ description, examples: [example] });

/** Why a result has its score, part of a rerank's answer. */
export const explanationSchema = z.object({
  tokens: z
    .array(
      z.object({
        ...placeFields('the query'),
        log_likelihood: nats('log p(token | document, query so far), nats.', -0.3),
        log_likelihood_without_document: nats('log p(token | query so far), nats, by the base model.', -4.1),
        lift: nats('How much the document helped: the first less the second, nats.', 3.8),
      }),
    )
    .meta({
      description: 'The tokens of the query, all of them: the mean of `log_likelihood` is `mean_log_likelihood`.',
      examples: [
        [
          {
            text: ' tower',
            start: 21,
            end: 27,
            log_likelihood: -0.3,
            log_likelihood_without_document: -4.1,
            lift: 3.8,
          },
        ],
      ],
    }),
  hints: z
    .object({
      method: z
        .enum(['retrieve', 'attend'])
        .meta({ description: 'How the adapter makes hints of the document.', examples: ['retrieve'] }),
      tokens: z
        .array(
          z.object({
            ...placeFields('the document'),
            position: z
              .int()
              .min(0)
              .meta({ description: 'Place among the tokens of the document, from 0.', examples: [4] }),
            query_token: z
              .int()
              .min(0)
              .optional()
              .meta({
                description: 'Of `retrieve`: place in `tokens` of the query token that chose it.',
                examples: [5],
              }),
            similarity: z
              .number()
              .optional()
              .meta({ description: 'Of `retrieve`: the cosine of the two.', examples: [0.93] }),
            weight: z
              .number()
              .optional()
              .meta({
                description: 'Of `attend`: its share of the attention, mean over heads and query tokens.',
                examples: [0.12],
              }),
          }),
        )
        .meta({
          description:
            '`retrieve`: the tokens that are the hints, in their order. `attend`: the ten that have most of the attention, most first.',
          examples: [[{ text: ' tower', start: 4, end: 10, position: 1, query_token: 5, similarity: 0.93 }]],
        }),
    })
    .optional()
    .meta({
      description: 'What an adapter’s hints were made from; absent without an adapter, and for soft prompts.',
    }),
});
export type Explanation = z.infer<typeof explanationSchema>;

import { z } from 'zod';

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });

const countFields = {
  requests: count('Requests that succeeded.', 1200),
  search_units: count('One per query with up to 100 documents.', 1350),
  tokens: count('Tokens of every document, plus the query once per document.', 18_000_000),
  cached_tokens: count('The part of the tokens that was answered from the score cache.', 4_500_000),
};

/** Answer to `GET /v1/usage`. */
export const usageResponseSchema = z
  .object({
    object: z.literal('list'),
    from: z.iso.date().meta({ description: 'The first day (UTC).', examples: ['2026-11-01'] }),
    to: z.iso.date().meta({ description: 'The last day (UTC).', examples: ['2026-11-30'] }),
    totals: z.object(countFields).meta({ description: 'The sums over all of `data`.' }),
    data: z
      .array(
        z
          .object({
            day: z.iso
              .date()
              .optional()
              .meta({ description: 'By day: which one.', examples: ['2026-11-23'] }),
            key_id: z
              .string()
              .optional()
              .meta({ description: 'By key: which one.', examples: ['key_4fq9w2m0c7x1t8ka'] }),
            ...countFields,
          })
          .meta({ id: 'UsageRow' }),
      )
      .meta({
        description:
          'Days without use are left out; by day: the first day first; by key: the most tokens first, at most 1,000 keys.',
      }),
  })
  .meta({ id: 'Usage' });
export type UsageResponse = z.infer<typeof usageResponseSchema>;

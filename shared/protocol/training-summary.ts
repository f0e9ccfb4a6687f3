import { z } from 'zod';

/** Failures that the paper and its successors report of such adapters; docs/training-service.md says when each is seen. */
export const trainingSigns = ['no_gain', 'overfitting', 'cost_without_gain'] as const;

const whole = (description: string, example: number) =>
  z
    .number()
    .int()
    .min(0)
    .meta({ description, examples: [example] });

const metric = (description: string, example: number) => z.number().meta({ description, examples: [example] });

const end = (description: string, example: number) =>
  z
    .number()
    .nullable()
    .meta({ description, examples: [example] });

const comparison = {
  base: metric('Mean nDCG@10 of the base model.', 0.69),
  adapter: metric('Mean nDCG@10 of the adapter.', 0.709),
  low: end('Lower end of the 95 % interval of the difference; null: it cannot be told.', 0.003),
  high: end('Upper end.', 0.03),
};

/** What a training run came to: its figures on the dev queries. */
export const trainingSummarySchema = z
  .object({
    better: z.boolean().meta({
      description: 'Whether the whole interval lies above zero, in the ranking that decides.',
      examples: [true],
    }),
    verdict: z
      .string()
      .max(2_000)
      .meta({ description: 'In a sentence.', examples: ['The adapter ranks better than the base model: …'] }),
    decided_by: z
      .enum(['likelihood', 'blended'])
      .meta({ description: 'The ranking that decides.', examples: ['likelihood'] }),
    kept_step: whole('Step whose adapter is the result.', 120),
    steps: whole('Steps that were done.', 170),
    tokens: whole('Tokens of all steps.', 1_204_331),
    dev_queries: whole('Dev queries that were looked at.', 100),
    likelihood: z.object(comparison).meta({ description: 'Ranked by likelihood alone.' }),
    blended: z
      .object(comparison)
      .nullable()
      .meta({
        description: 'Ranked by blended scores, as the API orders; null where there are no constants to blend with.',
        examples: [null],
      }),
    signs: z
      .array(
        z.object({
          sign: z.enum(trainingSigns).meta({ description: 'Its name.', examples: ['overfitting'] }),
          sentence: z
            .string()
            .max(1_000)
            .meta({
              description: 'What was seen, with figures.',
              examples: ['The loss fell by 40 % after step 60, and the dev metric fell too.'],
            }),
        }),
      )
      .max(trainingSigns.length)
      .meta({ description: 'Failures that are known of such adapters, where they were seen.' }),
  })
  .meta({ id: 'TrainingSummary' });
export type TrainingSummary = z.infer<typeof trainingSummarySchema>;

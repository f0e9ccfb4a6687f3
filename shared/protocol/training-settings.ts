import { z } from 'zod';
import { adapterConfigSchema } from '#shared/adapter-file/adapter-config.ts';

const { k, heads, filters, template } = adapterConfigSchema.shape;

const number = (schema: z.ZodNumber | z.ZodInt, description: string, example: number) =>
  schema.optional().meta({ description, examples: [example] });

/**
 * Settings of a training job, as the API names them. What is absent has the preset's value, or else the worker's default
 * (gpu-worker/training/settings/training-settings.ts, which has the same limits; a test holds the two together).
 */
export const trainingJobSettingsSchema = z.strictObject({
  k: k.optional().meta({ description: 'Hint tokens that `retrieve` selects.', examples: [10] }),
  heads: heads
    .optional()
    .meta({ description: "Heads of the attention of `attend`; must divide the model's hidden size.", examples: [2] }),
  filters: filters
    .optional()
    .meta({ description: 'Which tokens cannot become hints; see docs/method.md.', examples: ['d'] }),
  template: template.optional().meta({ description: 'Prompt template.', examples: ['clean-1'] }),
  loss: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('listwise'),
        temperature: number(z.number().positive().max(100), 'Nats per token; small: only close calls count.', 0.2),
        pointwise_weight: number(z.number().min(0).max(100), "Weight of the positives' own mean NLL.", 0.1),
      }),
      z.strictObject({
        kind: z.literal('pairwise'),
        margin: number(z.number().min(0).max(100), 'Nats per token.', 0.5),
        pairwise_weight: number(z.number().min(0).max(100), 'Weight of the pairs.', 1),
        pointwise_weight: number(z.number().min(0).max(100), "Weight of the positives' own mean NLL.", 1),
      }),
    ])
    .optional()
    .meta({ description: 'What is minimised.', examples: [{ kind: 'listwise', temperature: 0.2 }] }),
  loss_over: z
    .enum(['likelihood', 'blended'])
    .optional()
    .meta({
      description: 'What the loss compares and dev looks rank by: likelihoods, or with the lexical match added.',
      examples: ['blended'],
    }),
  learning_rate: number(z.number().positive().max(1), 'Per step, at its height.', 0.0003),
  weight_decay: number(z.number().min(0).max(1), 'Of MLP and attention.', 0.01),
  warm_up_steps: number(z.int().min(0).max(100_000), 'Steps until the full learning rate.', 10),
  steps: number(z.int().min(1).max(100_000), 'At most; a run without gains ends sooner.', 170),
  queries_per_step: number(z.int().min(1).max(64), 'Queries of a step.', 5),
  negatives_per_query: number(z.int().min(1).max(64), 'Hard negatives of each.', 3),
  attention_dropout: number(z.number().min(0).max(0.9), 'Of the attention of `attend`, in training.', 0.1),
  in_batch_negatives: z
    .boolean()
    .optional()
    .meta({ description: "Documents of the step's other queries are negatives too.", examples: [false] }),
  max_tokens_per_doc: number(z.int().min(1).max(8_192), 'Tokens of a document that are read.', 160),
  evaluate_every: number(z.int().min(1).max(100_000), 'Steps between two looks at the dev queries.', 50),
  patience: number(z.int().min(1).max(100_000), 'Looks without a gain before the run ends.', 5),
  dev_queries: number(z.int().min(1).max(10_000), 'Dev queries that are looked at.', 100),
  dev_depth: number(z.int().min(2).max(1_000), 'Candidates of each that are reranked.', 10),
  seed: number(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
    'The same settings, data and seed give the same adapter, byte for byte.',
    0,
  ),
});
export type TrainingJobSettings = z.infer<typeof trainingJobSettingsSchema>;

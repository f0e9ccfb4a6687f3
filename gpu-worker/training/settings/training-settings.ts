import { z } from 'zod';
import { adapterConfigSchema } from '#shared/adapter-file/adapter-config.ts';

const lossSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('listwise'),
    temperature: z
      .number()
      .positive()
      .max(100)
      .default(0.2)
      .describe('τ, nats per token; small: only close calls count.'),
    pointwiseWeight: z.number().min(0).max(100).default(0.1).describe('Weight of the positives’ own mean NLL.'),
  }),
  z.strictObject({
    kind: z.literal('pairwise'),
    margin: z.number().min(0).max(100).default(0).describe('m, nats per token (paper: 0 to 1.1).'),
    pairwiseWeight: z.number().min(0).max(100).default(1),
    pointwiseWeight: z.number().min(0).max(100).default(1),
  }),
]);

/**
 * Everything that decides what a training run produces, besides model and data: the same settings give the same adapter, byte for byte.
 * Defaults are the preset that measured best on the default model (method.md section 6); they are written into the adapter.
 */
export const trainingSettingsSchema = z.strictObject({
  method: adapterConfigSchema.shape.method.default('retrieve'),
  k: adapterConfigSchema.shape.k.default(10),
  heads: adapterConfigSchema.shape.heads.default(2),
  filters: adapterConfigSchema.shape.filters.default('d'),
  template: adapterConfigSchema.shape.template.default('clean-1'),
  loss: lossSchema.default({ kind: 'listwise', temperature: 0.2, pointwiseWeight: 0.1 }),
  lossOver: z
    .enum(['likelihood', 'blended'])
    .default('likelihood')
    .describe(
      'What the loss compares and the looks at dev rank by: likelihoods, or with the lexical match added, as the API orders.',
    ),
  learningRate: z.number().positive().max(1).default(3e-4).describe('Per step, at its height.'),
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.98),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: z.number().min(0).max(1).default(0.01).describe('Of MLP and attention; rows of E’ are not decayed.'),
  warmUpSteps: z.int().min(0).default(10),
  steps: z.int().min(1).max(100_000).default(170).describe('At most; early stopping may end the run sooner.'),
  gradientNormMax: z.number().positive().default(1),
  queriesPerStep: z.int().min(1).max(64).default(5),
  negativesPerQuery: z.int().min(1).max(64).default(3),
  attentionDropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .describe('Of the attention weights of attend, in training.'),
  inBatchNegatives: z.boolean().default(false).describe('Documents of the step’s other queries are negatives too.'),
  maxTokensPerDoc: z.int().min(1).max(8_192).default(160),
  evaluateEvery: z
    .int()
    .min(1)
    .default(50)
    .describe('Steps between two looks at the dev queries; a checkpoint goes with each.'),
  keep: z
    .enum(['one-standard-error', 'best', 'last'])
    .default('one-standard-error')
    .describe(
      'Which look’s adapter is the result: the last that lies at most a standard error behind the best; the best; the last, with which no run ends early.',
    ),
  patience: z.int().min(1).default(5).describe('Looks without a better dev metric before the run ends.'),
  devQueries: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('Dev queries that are looked at, the first of a seeded order.'),
  devDepth: z.int().min(2).max(1_000).default(10).describe('Candidates of each dev query that are reranked.'),
  hintChoice: z
    .enum(['similar', 'random'])
    .default('similar')
    .describe('random: the ablation of the paper (retrieve only).'),
  hintOrder: z
    .enum(['similarity', 'query', 'document'])
    .default('similarity')
    .describe('How the hints of retrieve stand in the block.'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0),
});
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;

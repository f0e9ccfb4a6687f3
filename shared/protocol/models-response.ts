import { z } from 'zod';

/** `GET /v1/models`: OpenAI's list, so that model pickers work. */
const modelSchema = z
  .object({
    id: z.string().meta({ description: 'What to send as `model`.', examples: ['support-tickets'] }),
    object: z.literal('model'),
    created: z
      .number()
      .int()
      .meta({
        description:
          'Unix seconds; of an adapter: of its newest version. 0 for the base model and for names that stand for a model.',
        examples: [1_780_000_000],
      }),
    owned_by: z.string().meta({ description: 'Your tenant for an adapter, else `hintrank`.', examples: ['acme'] }),
    base_model: z
      .string()
      .optional()
      .meta({ description: 'Of an adapter: the model that it adapts.', examples: ['smollm2-135m-instruct'] }),
    version: z
      .number()
      .int()
      .optional()
      .meta({ description: 'Of an adapter: the newest version, which `id` alone names.', examples: [3] }),
    versions: z
      .array(z.number().int())
      .optional()
      .meta({
        description: 'Of an adapter: its versions, newest first; `id@version` names one.',
        examples: [[3, 2, 1]],
      }),
    template: z
      .string()
      .optional()
      .meta({ description: 'Of an adapter: the prompt template it was trained with.', examples: ['clean-1'] }),
    alias_of: z
      .string()
      .optional()
      .meta({
        description: 'Of a name that stands for a model here (MODEL_ALIASES): the model that scores.',
        examples: ['smollm2-135m-instruct'],
      }),
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof modelSchema>;

export const modelsResponseSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(modelSchema).meta({
      description: 'The base model first, then your adapters by name, then names that stand for one of these.',
    }),
  })
  .meta({ id: 'ModelList' });
export type ModelsResponse = z.infer<typeof modelsResponseSchema>;

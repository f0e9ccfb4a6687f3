import { z } from 'zod';

/** What a checked adapter file is: read from the file by a GPU worker, kept with the version, shown to its owner. */
export const adapterDetailsSchema = z
  .object({
    method: z.enum(['retrieve', 'attend', 'soft-prompt']).meta({
      description: '`retrieve`: Q-PEFT-R, `attend`: Q-PEFT-A, `soft-prompt`: a trained instruction only.',
      examples: ['retrieve'],
    }),
    template: z.string().meta({ description: 'Prompt template that it was trained with.', examples: ['clean-1'] }),
    k: z
      .number()
      .int()
      .meta({ description: 'Hint tokens that `retrieve` selects.', examples: [10] }),
    heads: z
      .number()
      .int()
      .meta({ description: 'Heads of the attention of `attend`.', examples: [2] }),
    filters: z.string().meta({ description: 'Which tokens cannot become hints; see docs/method.md.', examples: ['d'] }),
    hidden_size: z
      .number()
      .int()
      .meta({ description: "Size of the base model's hidden state.", examples: [576] }),
    changed_rows: z
      .number()
      .int()
      .meta({
        description: 'Rows of the embedding table that training changed; of a soft prompt: 0.',
        examples: [1_834],
      }),
    soft_prompt_tokens: z
      .number()
      .int()
      .meta({ description: 'Trained tokens of the instruction.', examples: [0] }),
    model_fingerprint: z
      .string()
      .nullable()
      .meta({
        description: 'SHA-256 of the base model that the file names; null where it names none.',
        examples: ['5b2f0c…'],
      }),
    tokenizer_fingerprint: z
      .string()
      .nullable()
      .meta({
        description: 'SHA-256 of the tokenizer that the file names; null where it names none.',
        examples: ['91ab7e…'],
      }),
    calibrated: z
      .boolean()
      .meta({ description: 'Whether the file has its own constants of the blended score.', examples: [true] }),
  })
  .meta({ id: 'AdapterDetails' });
export type AdapterDetails = z.infer<typeof adapterDetailsSchema>;

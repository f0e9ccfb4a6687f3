import { z } from 'zod';

const daySchema = z.iso.date({ error: 'it must be a day such as 2026-11-23' });

/** Query of `GET /v1/usage`. */
export const usageQuerySchema = z.strictObject({
  from: daySchema.optional().meta({
    description: 'The first day (UTC); absent: 30 days, of which `to` is the last.',
    examples: ['2026-11-01'],
  }),
  to: daySchema.optional().meta({ description: 'The last day (UTC); absent: today.', examples: ['2026-11-30'] }),
  key_id: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Only what this key used.', examples: ['key_4fq9w2m0c7x1t8ka'] }),
  group_by: z
    .enum(['day', 'key'])
    .default('day')
    .meta({ description: 'What a row of the answer stands for.', examples: ['key'] }),
});

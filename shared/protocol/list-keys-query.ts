import { z } from 'zod';
import { limits } from '#shared/limits.ts';

/** Query of `GET /v1/keys`. */
export const listKeysQuerySchema = z.strictObject({
  limit: z
    .number()
    .int()
    .min(1)
    .max(limits.listedKeysMax)
    .default(limits.listedKeysMax)
    .meta({ description: 'Keys in one answer.', examples: [100] }),
  after: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Id of a key: the answer begins behind it.', examples: ['key_4fq9w2m0c7x1t8ka'] }),
});

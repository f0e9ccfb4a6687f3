import { z } from 'zod';

/** `GET /health`: the edge runs and its configuration is valid. It says nothing about the workers. */
export const healthResponseSchema = z
  .object({
    status: z.literal('ok').meta({ description: 'Always `ok`; a fault answers another status.', examples: ['ok'] }),
  })
  .meta({ id: 'Health' });
export type HealthResponse = z.infer<typeof healthResponseSchema>;

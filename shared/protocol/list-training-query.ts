import { z } from 'zod';
import { limits } from '#shared/limits.ts';

const page = (example: string) => ({
  limit: z
    .number()
    .int()
    .min(1)
    .max(limits.listedTrainingMax)
    .default(20)
    .meta({ description: 'Items in one answer.', examples: [20] }),
  after: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'Id of an item: the answer begins behind it.', examples: [example] }),
});

/** Query of `GET /v1/datasets`. */
export const listDatasetsQuerySchema = z.strictObject(page('ds_0d3v5n8y1r6s2bhe4fq9'));

/** Query of `GET /v1/training-jobs`. */
export const listTrainingJobsQuerySchema = z.strictObject(page('tj_5n8y1r6s2bhe4fq9w2m0'));

import type { z } from 'zod';
import { datasetSchema } from '#shared/protocol/dataset.ts';

/** What checking a dataset finds out; kept as JSON with its row. */
export const datasetFactsSchema = datasetSchema.pick({ queries: true, passages: true, warnings: true });
export type DatasetFacts = z.infer<typeof datasetFactsSchema>;

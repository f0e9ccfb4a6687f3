import { z } from 'zod';
import { limits } from '#shared/limits.ts';

/** Parts of a dataset. `test` is only kept out of the other two. */
export const datasetSplits = ['train', 'dev', 'test'] as const;
export type DatasetSplit = (typeof datasetSplits)[number];

/** What the bytes of a dataset are: lines of the schema below, or a zip archive of a BEIR folder. */
export const datasetFormats = ['jsonl', 'beir'] as const;
export type DatasetFormat = (typeof datasetFormats)[number];

/**
 * One line of a dataset (JSON Lines): the shape that Cohere's fine-tuning of rerank models took, with the part that it belongs to. Other fields are passed
 * over. The corpus of a dataset is every passage of its training and dev lines.
 */
export const datasetLineSchema = z.object({
  query: z.string().trim().min(1).max(limits.queryCharactersMax),
  relevant_passages: z.array(z.string().max(limits.documentCharactersMax)).min(1).max(limits.datasetPassagesPerLineMax),
  hard_negatives: z.array(z.string().max(limits.documentCharactersMax)).max(limits.datasetPassagesPerLineMax).nullish(),
  split: z.enum(datasetSplits).default('train'),
});
export type DatasetLine = z.infer<typeof datasetLineSchema>;

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });

/** A dataset that is stored and checked. */
export const datasetSchema = z
  .object({
    object: z.literal('dataset'),
    id: z
      .string()
      .meta({ description: 'Names the dataset in routes and jobs.', examples: ['ds_0d3v5n8y1r6s2bhe4fq9'] }),
    name: z.string().meta({ description: 'What you called it.', examples: ['support tickets, October'] }),
    format: z.enum(datasetFormats).meta({
      description: '`jsonl`: JSON Lines; `beir`: a zip archive of a BEIR folder.',
      examples: ['jsonl'],
    }),
    bytes: count('Size, as it was sent.', 1_204_331),
    sha256: z.string().meta({
      description: 'SHA-256 of its bytes, hex.',
      examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    }),
    queries: z
      .object({
        train: count('Queries to train on.', 640),
        dev: count(
          'Queries that choose the best step and say whether there is a gain; 0: a fifth of the others, drawn by the seed.',
          128,
        ),
        test: count('Queries that are kept out of the other two.', 0),
      })
      .meta({ description: 'Lines of each part; of an archive, queries that are judged in it.' }),
    passages: count(
      'Relevant passages and hard negatives, each as often as it stands there; of an archive, documents that have text.',
      2_560,
    ),
    warnings: z.array(z.string()).meta({
      description:
        'What is wrong with it and does not keep it from being used, with the first lines: queries that stand in two parts, or twice in one.',
      examples: [['2 train queries are also dev queries and are left out of training: lines 14, 90']],
    }),
    created_at: z.iso.datetime().meta({ description: 'UTC.', examples: ['2026-11-23T12:00:00.000Z'] }),
  })
  .meta({ id: 'Dataset' });
export type DatasetResponse = z.infer<typeof datasetSchema>;

/** Query of `POST /v1/datasets`. */
export const createDatasetQuerySchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(limits.datasetNameCharactersMax)
    .default('dataset')
    .meta({ description: 'What to call it.', examples: ['support tickets, October'] }),
});

/** Answer to `GET /v1/datasets`. */
export const datasetListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(datasetSchema).meta({ description: 'The newest first.' }),
    has_more: z
      .boolean()
      .meta({ description: 'Whether older ones follow; name the last id as `after`.', examples: [false] }),
  })
  .meta({ id: 'DatasetList' });
export type DatasetListResponse = z.infer<typeof datasetListSchema>;

/** Query of `DELETE /v1/datasets/{id}`. */
export const deleteDatasetQuerySchema = z.strictObject({
  jobs: z
    .enum(['keep', 'delete'])
    .default('keep')
    .meta({
      description: 'What becomes of jobs that were trained on it, with their reports and events.',
      examples: ['delete'],
    }),
});

/** Answer to `DELETE /v1/datasets/{id}`. */
export const datasetDeletionSchema = z
  .object({
    object: z.literal('dataset_deletion'),
    id: z.string().meta({ description: 'The dataset that is gone.', examples: ['ds_0d3v5n8y1r6s2bhe4fq9'] }),
    deleted_jobs: z
      .array(z.string())
      .meta({ description: 'Jobs that went with it.', examples: [['tj_5n8y1r6s2bhe4fq9w2m0']] }),
  })
  .meta({ id: 'DatasetDeletion' });
export type DatasetDeletionResponse = z.infer<typeof datasetDeletionSchema>;

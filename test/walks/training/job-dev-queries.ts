import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';
import { ProblemLog } from '#gpu-worker/training/data/data-problems.ts';
import { readCohereSource } from '#gpu-worker/training/data/read-cohere-source.ts';
import { readTrainingData } from '#gpu-worker/training/data/read-training-data.ts';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';

export interface JobDevQueries {
  /** The dev queries that a job looked at. */
  readonly examples: readonly TrainingExample[];
  /** Texts of the job's whole corpus by id. */
  readonly documents: ReadonlyMap<string, string>;
}

/** What a job with these settings looked at, from the data set as it was uploaded; the file must have the name that workers give it. */
export async function readJobDevQueries(
  path: string,
  { seed, devQueries }: Pick<TrainingSettings, 'seed' | 'devQueries'>,
): Promise<JobDevQueries> {
  const { data } = await readTrainingData({ path, seed });
  const source = await readCohereSource({ train: path }, new ProblemLog());
  const documents = new Map<string, string>();
  for await (const { documentId, text } of source.readDocuments()) documents.set(documentId, text);
  const examples = seededOrder(data.dev, seed, ({ queryId }) => queryId).slice(0, devQueries);
  return { examples, documents };
}

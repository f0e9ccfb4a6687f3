import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from 'zod';
import { readRecords } from '#gpu-worker/evaluation/beir/read-records.ts';
import type { IndexableDocument } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import type { ProblemLog } from '#gpu-worker/training/data/data-problems.ts';
import type { SourceQuery, TrainingSource } from '#gpu-worker/training/data/training-source.ts';
import { type DatasetSplit, datasetSplits } from '#shared/protocol/dataset.ts';

/** A line of the shape that Cohere's fine-tuning of rerank models took. */
const lineSchema = z.object({
  query: z.string().trim().min(1),
  relevant_passages: z.array(z.string()).min(1),
  hard_negatives: z.array(z.string()).nullish(),
  split: z.enum(datasetSplits).default('train'),
});

export interface CoherePaths {
  readonly train: string;
  readonly dev?: string | undefined;
  readonly test?: string | undefined;
}

/**
 * JSON Lines `{query, relevant_passages, hard_negatives?, split?}`. A line of the training file belongs to the part that its `split` names; every line of a dev or
 * test file to that part. The corpus is every passage of training and dev, equal texts once, named by its digest; passages of test stay out.
 */
export async function readCohereSource(paths: CoherePaths, problems: ProblemLog): Promise<TrainingSource> {
  const documents = new Map<string, IndexableDocument>();
  const parts = await readFile(paths.train, null, documents, problems);
  if (paths.dev !== undefined) parts.dev.push(...(await readFile(paths.dev, 'dev', documents, problems)).dev);
  if (paths.test !== undefined) parts.test.push(...(await readFile(paths.test, 'test', documents, problems)).test);
  return {
    train: parts.train,
    dev: paths.dev === undefined && parts.dev.length === 0 ? null : parts.dev,
    testQueries: parts.test.map((line) => line.query),
    readDocuments: () => documents.values(),
  };
}

/** @param only the part of all lines; null: what each says */
async function readFile(
  path: string,
  only: DatasetSplit | null,
  documents: Map<string, IndexableDocument>,
  problems: ProblemLog,
): Promise<Record<DatasetSplit, SourceQuery[]>> {
  const name = basename(path);
  const parts: Record<DatasetSplit, SourceQuery[]> = { train: [], dev: [], test: [] };
  const records = readRecords(path, lineSchema, (line) =>
    problems.add('invalid-line', `${name} line ${line.number}${line.reason}`),
  );
  for await (const { number, record } of records) {
    const part = only ?? record.split;
    const keep = (text: string): string => {
      const documentId = createHash('sha256').update(text).digest('hex').slice(0, digestCharacters);
      // An empty text has no line of its own in a corpus, so it is reported where it stands.
      if (text.trim() === '') problems.add('empty-passage', `${name} line ${number}`);
      else if (part !== 'test') documents.set(documentId, { documentId, title: '', text });
      return documentId;
    };
    parts[part].push({
      queryId: `${name}:${number}`,
      query: record.query,
      place: `${name} line ${number}`,
      positives: record.relevant_passages.map(keep),
      hardNegatives: (record.hard_negatives ?? []).map(keep),
    });
  }
  return parts;
}

/** 80 bits: two of a billion passages share an id with a chance of one in a million. */
const digestCharacters = 20;

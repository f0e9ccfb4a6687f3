import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from 'zod';
import { readRecords } from '#gpu-worker/evaluation/beir/read-records.ts';
import type { IndexableDocument } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import type { ProblemLog } from '#gpu-worker/training/data/data-problems.ts';
import type { SourceQuery, TrainingSource } from '#gpu-worker/training/data/training-source.ts';

/** A line of the shape that Cohere's fine-tuning of rerank models took. */
const lineSchema = z.object({
  query: z.string().trim().min(1),
  relevant_passages: z.array(z.string()).min(1),
  hard_negatives: z.array(z.string()).nullish(),
});

export interface CoherePaths {
  readonly train: string;
  readonly dev?: string | undefined;
  readonly test?: string | undefined;
}

/** JSON Lines `{query, relevant_passages, hard_negatives?}`. The corpus is every passage of the training and dev files, equal texts once, named by its digest; passages of the test file stay out. */
export async function readCohereSource(paths: CoherePaths, problems: ProblemLog): Promise<TrainingSource> {
  const documents = new Map<string, IndexableDocument>();
  const train = await readFile(paths.train, documents, problems);
  const dev = paths.dev === undefined ? null : await readFile(paths.dev, documents, problems);
  const test = paths.test === undefined ? [] : await readFile(paths.test, new Map(), problems);
  return { train, dev, testQueries: test.map((line) => line.query), readDocuments: () => documents.values() };
}

async function readFile(
  path: string,
  documents: Map<string, IndexableDocument>,
  problems: ProblemLog,
): Promise<SourceQuery[]> {
  const name = basename(path);
  const queries: SourceQuery[] = [];
  const records = readRecords(path, lineSchema, (line) =>
    problems.add('invalid-line', `${name} line ${line.number}${line.reason}`),
  );
  for await (const { number, record } of records) {
    const keep = (text: string): string => {
      const documentId = createHash('sha256').update(text).digest('hex').slice(0, digestCharacters);
      // An empty text has no line of its own in a corpus, so it is reported where it stands.
      if (text.trim() === '') problems.add('empty-passage', `${name} line ${number}`);
      else documents.set(documentId, { documentId, title: '', text });
      return documentId;
    };
    queries.push({
      queryId: `${name}:${number}`,
      query: record.query,
      place: `${name} line ${number}`,
      positives: record.relevant_passages.map(keep),
      hardNegatives: (record.hard_negatives ?? []).map(keep),
    });
  }
  return queries;
}

/** 80 bits: two of a billion passages share an id with a chance of one in a million. */
const digestCharacters = 20;

import { stat } from 'node:fs/promises';
import { type Bm25Parameters, bm25Defaults } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import {
  type Bm25Index,
  buildBm25Index,
  type IndexableDocument,
} from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import { searchBm25 } from '#gpu-worker/evaluation/first-stage/search-bm25.ts';
import type { BeirDocument } from '#gpu-worker/evaluation/read-beir-folder.ts';
import { cleanQueries } from '#gpu-worker/training/data/clean-queries.ts';
import { type DataProblem, ProblemLog, queryMinimums } from '#gpu-worker/training/data/data-problems.ts';
import { readBeirSource, type SplitNames } from '#gpu-worker/training/data/read-beir-source.ts';
import { readCohereSource } from '#gpu-worker/training/data/read-cohere-source.ts';
import { type QuerySplit, splitQueries } from '#gpu-worker/training/data/split-queries.ts';
import type { TrainingData, TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import type { SourceQuery, TrainingSource } from '#gpu-worker/training/data/training-source.ts';

export interface TrainingDataOptions {
  /** A BEIR folder, or a JSON Lines file of `{query, relevant_passages, hard_negatives?}`. */
  readonly path: string;
  /** JSON Lines of the same shape for dev and test; only beside a file. */
  readonly devPath?: string;
  readonly testPath?: string;
  /** Names of files in `qrels/`; by default train, dev and test. */
  readonly splits?: SplitNames;
  /** Draws the dev set and, with `trainQueriesMax`, the training queries. */
  readonly seed: number;
  /** Default: all. */
  readonly trainQueriesMax?: number;
  /** Default: 128, the paper's number. */
  readonly devQueriesMax?: number;
  readonly bm25?: Bm25Parameters;
  /** BM25 candidates of each query, from which hard negatives come; default 20. */
  readonly candidatesMax?: number;
}

const devQueriesDefault = 128;
const candidatesDefault = 20;

/**
 * Reads, checks and completes training data. Problems with what the data says are returned with counts and places, errors first, and nothing is trained
 * on while there is an error among them; only files that are missing or unreadable throw.
 */
export async function readTrainingData(
  options: TrainingDataOptions,
): Promise<{ data: TrainingData; problems: DataProblem[] }> {
  const problems = new ProblemLog();
  const source = await openSource(options, problems);
  const index = await buildBm25Index(withText(source, problems), options.bm25 ?? bm25Defaults);
  const documentIds = new Set(index.documentIds);
  const split = splitQueries(
    cleanQueries(source.train, documentIds, problems),
    source.dev === null ? null : cleanQueries(source.dev, documentIds, problems),
    source.testQueries,
    {
      seed: options.seed,
      trainQueriesMax: options.trainQueriesMax ?? Number.POSITIVE_INFINITY,
      devQueriesMax: options.devQueriesMax ?? devQueriesDefault,
    },
    problems,
  );
  checkCounts(split, problems);

  const candidatesMax = options.candidatesMax ?? candidatesDefault;
  const train = split.train.map((query) => completeExample(query, index, candidatesMax));
  const dev = split.dev.map((query) => completeExample(query, index, candidatesMax));
  for (const { queryId, hardNegatives } of train)
    if (hardNegatives.length === 0) problems.add('query-without-negative', `query "${queryId}"`);
  const corpus = await readNamedDocuments(source, [...train, ...dev]);
  return { data: { train, dev, corpus, corpusSize: documentIds.size }, problems: problems.list() };
}

async function openSource(options: TrainingDataOptions, problems: ProblemLog): Promise<TrainingSource> {
  const { path, devPath, testPath } = options;
  if ((await stat(path)).isDirectory())
    return readBeirSource(path, options.splits ?? { train: 'train', dev: 'dev', test: 'test' }, problems);
  return readCohereSource({ train: path, dev: devPath, test: testPath }, problems);
}

/** The documents of the corpus that have a text and an id of their own. */
async function* withText(source: TrainingSource, problems: ProblemLog): AsyncGenerator<IndexableDocument> {
  const seen = new Set<string>();
  for await (const document of source.readDocuments()) {
    if (seen.has(document.documentId)) problems.add('repeated-document', `"${document.documentId}"`);
    else if (document.text.trim() === '') problems.add('empty-passage', `document "${document.documentId}"`);
    else yield document;
    seen.add(document.documentId);
  }
}

function checkCounts(split: QuerySplit, problems: ProblemLog): void {
  for (const part of ['train', 'dev'] as const) {
    const count = split[part].length;
    const { required, recommended } = queryMinimums[part];
    if (count < required) problems.add(`too-few-${part}-queries`, undefined, count);
    else if (count < recommended) problems.add(`few-${part}-queries`, undefined, count);
  }
}

function completeExample(source: SourceQuery, index: Bm25Index, candidatesMax: number): TrainingExample {
  const { queryId, query, positives } = source;
  const candidates = searchBm25(index, query, candidatesMax);
  const relevant = new Set(positives);
  const mined = candidates.map((entry) => entry.documentId).filter((documentId) => !relevant.has(documentId));
  const hardNegatives = source.hardNegatives.length > 0 ? source.hardNegatives : mined;
  return { queryId, query, positives, hardNegatives, candidates };
}

async function readNamedDocuments(
  source: TrainingSource,
  examples: readonly TrainingExample[],
): Promise<Map<string, BeirDocument>> {
  const named = new Set(
    examples.flatMap(({ positives, hardNegatives, candidates }) => [
      ...positives,
      ...hardNegatives,
      ...candidates.map((entry) => entry.documentId),
    ]),
  );
  const corpus = new Map<string, BeirDocument>();
  for await (const { documentId, title, text } of source.readDocuments())
    if (named.has(documentId) && !corpus.has(documentId)) corpus.set(documentId, { title, text });
  return corpus;
}

import { readFile } from 'node:fs/promises';
import { UsageError } from '#cli/command-line/usage-error.ts';
import type { TrainingData, TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { type DatasetSplit, datasetLineSchema } from '#shared/protocol/dataset.ts';

export interface DatasetPaths {
  readonly train: string;
  readonly dev?: string | undefined;
  readonly test?: string | undefined;
}

/**
 * Files of judged queries as one dataset of the API: lines of the training file as they are, those of the others marked with their part.
 * @throws UsageError naming file and line where one is no such line
 */
export async function encodeDatasetFiles({ train, dev, test }: DatasetPaths): Promise<Uint8Array> {
  const parts = [
    await markLines(train, null),
    ...(dev === undefined ? [] : [await markLines(dev, 'dev')]),
    ...(test === undefined ? [] : [await markLines(test, 'test')]),
  ];
  return new TextEncoder().encode(parts.flat().join(''));
}

/** `split` — of every line; null: what each says. */
async function markLines(path: string, split: DatasetSplit | null): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/);
  return lines.flatMap((text, index) => {
    if (text.trim() === '') return [];
    const value = parseLine(text, path, index + 1);
    return [`${split === null ? text : JSON.stringify({ ...value, split })}\n`];
  });
}

function parseLine(text: string, path: string, number: number): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} line ${number} is not valid JSON.`);
  }
  const parsed = datasetLineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path} line ${number}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}.`);
}

/**
 * The queries of a BEIR folder with the texts of their documents, as one dataset of the API. Hard negatives are the ones that a local run would mine;
 * so a job learns from the same lists, though its corpus has only the documents that they name.
 */
export function encodeTrainingData({ train, dev, corpus }: TrainingData, withTitle: boolean): Uint8Array {
  const textOf = (id: string): string => {
    const document = corpus.get(id);
    if (document === undefined) return '';
    return withTitle && document.title !== '' ? `${document.title}. ${document.text}` : document.text;
  };
  const line = ({ query, positives, hardNegatives, candidates }: TrainingExample, split: DatasetSplit) => {
    const relevant = new Set(positives);
    // Dev queries are ranked among BM25's best, which must therefore be in the corpus.
    const others = split === 'train' ? hardNegatives : candidates.map(({ documentId }) => documentId);
    const negatives = others.filter((id) => !relevant.has(id)).map(textOf);
    return `${JSON.stringify({ query, relevant_passages: positives.map(textOf), hard_negatives: negatives, split })}\n`;
  };
  const lines = [...train.map((example) => line(example, 'train')), ...dev.map((example) => line(example, 'dev'))];
  return new TextEncoder().encode(lines.join(''));
}

import { z } from 'zod';
import type { TrainingData, TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { readSampleLines } from '#test/bench/read-sample-lines.ts';

const passageSchema = z.object({ id: z.string(), text: z.string() });
const querySchema = z.object({ text: z.string(), relevant: z.string() });

export interface WorkloadSize {
  readonly queries: number;
  readonly negativesPerQuery: number;
  /** Numbers of documents start here: two sides with starts far apart share no document. */
  readonly firstNumber: number;
}

/**
 * Real questions with their passages and other ones as negatives. Every document has a number of its own in front, so that in one pass over the
 * queries no prefix is met twice: as in the first epoch of a training run over as many documents.
 */
export async function buildTrainingWorkload(size: WorkloadSize): Promise<TrainingData> {
  const passages = await readSampleLines('passages.jsonl', passageSchema);
  const queries = await readSampleLines('queries.jsonl', querySchema);
  const corpus = new Map<string, { title: string; text: string }>();
  const addDocument = (text: string): string => {
    const id = `d${size.firstNumber + corpus.size}`;
    corpus.set(id, { title: '', text: `${id.slice(1)}. ${text}` });
    return id;
  };
  const train = Array.from({ length: size.queries }, (_, index): TrainingExample => {
    const { text: query, relevant } = queries[index % queries.length] ?? { text: '', relevant: '' };
    const place = passages.findIndex(({ id }) => id === relevant);
    const textAt = (distance: number) => passages[(place + distance) % passages.length]?.text ?? '';
    const positives = [addDocument(textAt(0))];
    const hardNegatives = Array.from({ length: size.negativesPerQuery }, (__, n) => addDocument(textAt(n + 1)));
    return { queryId: `q${index}`, query, positives, hardNegatives, candidates: [] };
  });
  return { train, dev: [], corpus, corpusSize: corpus.size };
}

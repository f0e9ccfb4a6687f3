import { join } from 'node:path';
import { z } from 'zod';
import { type InvalidLineListener, readRecords } from '#gpu-worker/evaluation/beir/read-records.ts';
import type { IndexableDocument } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';

const documentLineSchema = z.object({ _id: z.string().min(1), title: z.string().nullish(), text: z.string() });

export function beirCorpusPath(folder: string): string {
  return join(folder, 'corpus.jsonl');
}

/** The documents of `corpus.jsonl` one after the other: a BEIR corpus may hold millions, more than fit in memory. A missing title is ''. */
export async function* readBeirCorpus(
  folder: string,
  onInvalidLine?: InvalidLineListener,
): AsyncGenerator<IndexableDocument> {
  for await (const { record } of readRecords(beirCorpusPath(folder), documentLineSchema, onInvalidLine))
    yield { documentId: record._id, title: record.title ?? '', text: record.text };
}

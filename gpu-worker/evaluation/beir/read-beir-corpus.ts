import { join } from 'node:path';
import { type InvalidLineListener, readRecords } from '#gpu-worker/evaluation/beir/read-records.ts';
import type { IndexableDocument } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import { beirDocumentSchema } from '#shared/beir/beir-lines.ts';

export function beirCorpusPath(folder: string): string {
  return join(folder, 'corpus.jsonl');
}

/** The documents of `corpus.jsonl` one after the other: a BEIR corpus may hold millions, more than fit in memory. A missing title is ''. */
export async function* readBeirCorpus(
  folder: string,
  onInvalidLine?: InvalidLineListener,
): AsyncGenerator<IndexableDocument> {
  for await (const { record } of readRecords(beirCorpusPath(folder), beirDocumentSchema, onInvalidLine))
    yield { documentId: record._id, title: record.title ?? '', text: record.text };
}

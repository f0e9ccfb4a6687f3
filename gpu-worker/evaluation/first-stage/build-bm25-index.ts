import type { Bm25Parameters } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import { tokenizeWords } from '#gpu-worker/evaluation/first-stage/tokenize-words.ts';

/** One document as it is indexed; title and text count alike. */
export interface IndexableDocument {
  readonly documentId: string;
  readonly title: string;
  readonly text: string;
}

/** An inverted index in memory: about 8 bytes for each distinct word of each document; no text is kept. */
export interface Bm25Index {
  readonly parameters: Bm25Parameters;
  /** Document number → id. */
  readonly documentIds: readonly string[];
  /** Document number → words, stop words not counted. */
  readonly lengths: readonly number[];
  /** Words; 0 for a corpus without any. */
  readonly averageLength: number;
  readonly postings: ReadonlyMap<string, WordPostings>;
}

/** The documents that hold a word; the two lists run in step. */
export interface WordPostings {
  readonly documentNumbers: number[];
  readonly frequencies: number[];
}

/** Indexes `documents` as they come, so that a corpus need not fit in memory. */
export async function buildBm25Index(
  documents: AsyncIterable<IndexableDocument> | Iterable<IndexableDocument>,
  parameters: Bm25Parameters,
): Promise<Bm25Index> {
  const documentIds: string[] = [];
  const lengths: number[] = [];
  const postings = new Map<string, WordPostings>();
  let totalLength = 0;
  for await (const document of documents) {
    const words = tokenizeWords(`${document.title} ${document.text}`, parameters);
    for (const [word, frequency] of countWords(words)) {
      const wordPostings = postings.get(word) ?? { documentNumbers: [], frequencies: [] };
      wordPostings.documentNumbers.push(documentIds.length);
      wordPostings.frequencies.push(frequency);
      postings.set(word, wordPostings);
    }
    documentIds.push(document.documentId);
    lengths.push(words.length);
    totalLength += words.length;
  }
  const averageLength = documentIds.length === 0 ? 0 : totalLength / documentIds.length;
  return { parameters, documentIds, lengths, averageLength, postings };
}

function countWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

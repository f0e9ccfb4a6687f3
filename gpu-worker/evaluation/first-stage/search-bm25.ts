import type { Bm25Index } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';
import { tokenizeWords } from '#gpu-worker/evaluation/first-stage/tokenize-words.ts';
import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { RunEntry } from '#gpu-worker/evaluation/trec-run.ts';

/**
 * The `depth` best documents for `query` in trec_eval's order, each with a score above 0; fewer where fewer share a word with the query.
 *
 * Lucene's form: Σ over the query's words, repetitions counted, of idf · tf / (tf + k1 · (1 − b + b · length / average length)), with
 * idf = ln(1 + (N − n + ½) / (n + ½)) for a word in n of N documents, which is never negative.
 */
export function searchBm25(index: Bm25Index, query: string, depth: number): RunEntry[] {
  const { k1, b } = index.parameters;
  const scores = new Map<number, number>();
  for (const word of tokenizeWords(query, index.parameters)) {
    const postings = index.postings.get(word);
    if (postings === undefined) continue;
    const holders = postings.documentNumbers.length;
    const idf = Math.log1p((index.documentIds.length - holders + 0.5) / (holders + 0.5));
    for (const [place, documentNumber] of postings.documentNumbers.entries()) {
      const frequency = postings.frequencies[place] ?? 0;
      const relativeLength = (index.lengths[documentNumber] ?? 0) / index.averageLength;
      const weight = frequency / (frequency + k1 * (1 - b + b * relativeLength));
      scores.set(documentNumber, (scores.get(documentNumber) ?? 0) + idf * weight);
    }
  }
  const entries = [...scores].map(([documentNumber, score]) => ({
    documentId: index.documentIds[documentNumber] ?? '',
    score,
  }));
  return orderEntries(entries).slice(0, depth);
}

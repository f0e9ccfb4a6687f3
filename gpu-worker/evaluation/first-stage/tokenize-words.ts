import { stemmer } from 'stemmer';
import { stopWords } from '#shared/text/stop-words.ts';

/** Runs of at least two letters, digits, marks and underscores: single characters say little and are in every document. */
const wordPattern = /[\p{L}\p{M}\p{N}_]{2,}/gu;

export interface WordOptions {
  /** Porter's stemmer, for English. */
  readonly stemming: boolean;
}

/** The words by which BM25 matches: lower case, without English stop words, in the order of the text. */
export function tokenizeWords(text: string, { stemming }: WordOptions): string[] {
  const words = (text.toLowerCase().match(wordPattern) ?? []).filter((word) => !stopWords.has(word));
  return stemming ? words.map(stemmer) : words;
}

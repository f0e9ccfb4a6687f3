import { backgroundDocuments, backgroundWords } from '#shared/calibration/background-words.ts';
import { ignoredWords } from '#shared/calibration/ignored-words.ts';
import type { WordWeights } from '#shared/calibration/lexical-match.ts';
import { splitWords } from '#shared/calibration/split-words.ts';

const documentFrequencies: ReadonlyMap<string, number> = new Map(
  backgroundWords
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [frequency, ...words] = line.split(' ');
      return words.map((word): [string, number] => [word, Number(frequency)]);
    }),
);

/** The words that count: all but those of `ignoredWords`, in order, repeats kept. */
export function contentWords(text: string): string[] {
  return splitWords(text).filter((word) => !ignoredWords.has(word));
}

/** The query's distinct content words with their weights; a table of English background text says how usual a word is. */
export function queryWeights(query: string): WordWeights {
  return new Map(contentWords(query).map((word) => [word, wordWeight(word)]));
}

/** Inverse document frequency as BM25 has it, positive. A word that the table lacks has the largest weight: it is rare, a name, or of another language. */
export function wordWeight(word: string): number {
  const frequency = documentFrequencies.get(word) ?? 0;
  return Math.log(1 + (backgroundDocuments - frequency + 0.5) / (frequency + 0.5));
}

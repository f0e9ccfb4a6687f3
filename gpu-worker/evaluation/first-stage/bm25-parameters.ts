/** What BM25 is computed with; a figure without these means nothing, so every report states them. */
export interface Bm25Parameters {
  /** How fast repeated words stop counting; ≥ 0. */
  readonly k1: number;
  /** How much long documents are held back, from 0 (not at all) to 1. */
  readonly b: number;
  /** Porter's stemmer on words of documents and queries. */
  readonly stemming: boolean;
}

/** Anserini's figures for passages, as the reference runs of the squad-passages data use them. */
export const bm25Defaults: Bm25Parameters = { k1: 0.9, b: 0.4, stemming: false };

export function describeBm25({ k1, b, stemming }: Bm25Parameters): string {
  return `BM25 (Lucene's form, k1 ${k1}, b ${b}, ${stemming ? 'Porter stemmer' : 'no stemmer'}, English stop words, title and text)`;
}

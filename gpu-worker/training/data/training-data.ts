import type { BeirDocument } from '#gpu-worker/evaluation/read-beir-folder.ts';
import type { RunEntry } from '#gpu-worker/evaluation/trec-run.ts';

/** One query to learn from or to be measured on. All lists hold document ids of the corpus. */
export interface TrainingExample {
  readonly queryId: string;
  readonly query: string;
  /** Relevant documents, at least one. */
  readonly positives: readonly string[];
  /** Documents that look relevant and are not: as given, or BM25's best that are not relevant, best first. Empty when BM25 found none. */
  readonly hardNegatives: readonly string[];
  /** BM25's best documents with its scores, relevant ones among them where it found them: what a reranker would get. */
  readonly candidates: readonly RunEntry[];
}

export interface TrainingData {
  readonly train: readonly TrainingExample[];
  readonly dev: readonly TrainingExample[];
  /** Every document that an example names, and no other: a whole corpus may not fit in memory. */
  readonly corpus: ReadonlyMap<string, BeirDocument>;
  /** Documents of the whole corpus, empty ones not counted. */
  readonly corpusSize: number;
}

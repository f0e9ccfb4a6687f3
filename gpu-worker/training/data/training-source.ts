import type { IndexableDocument } from '#gpu-worker/evaluation/first-stage/build-bm25-index.ts';

/** A query as it stands in the data, before anything is checked. */
export interface SourceQuery {
  readonly queryId: string;
  readonly query: string;
  /** How a message names it: `query "q1"`, `train.jsonl line 3`. */
  readonly place: string;
  readonly positives: readonly string[];
  /** Empty: to be mined. */
  readonly hardNegatives: readonly string[];
}

/** What a data set in some form offers; the forms are read by `read-beir-source` and `read-cohere-source`. */
export interface TrainingSource {
  readonly train: readonly SourceQuery[];
  /** Null when the data has no dev set of its own. */
  readonly dev: readonly SourceQuery[] | null;
  /** Texts of the test queries; nothing else of the test set is looked at. */
  readonly testQueries: readonly string[];
  /** The corpus from its start, as often as it is asked for. */
  readonly readDocuments: () => AsyncIterable<IndexableDocument> | Iterable<IndexableDocument>;
}

/** A ranking of documents per query, best first. A query's entries are unique by document. */
export type TrecRun = ReadonlyMap<string, readonly RunEntry[]>;

export interface RunEntry {
  readonly documentId: string;
  /** Higher is better; BM25 units, cosines or nats per token, as the run's maker chose. */
  readonly score: number;
}

/** Relevance judgements: query → document → gain. Documents without a line count as 0. */
export type Judgements = ReadonlyMap<string, ReadonlyMap<string, number>>;

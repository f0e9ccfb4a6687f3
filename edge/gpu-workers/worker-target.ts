/** Something that scores documents: a worker, or one of the shards of a gateway that has workers behind it. */
export interface WorkerTarget {
  /** Tells targets apart; the base URL, and the shard where there is one. */
  readonly id: string;
  /** Base URL. */
  readonly url: string;
  readonly region: string;
  /** What a gateway hashes to choose the worker, sent as `X-Hintrank-Shard`. */
  readonly shard?: string;
}

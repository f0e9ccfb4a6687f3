/** What is asked of a fleet. */
export interface Workload {
  /** Of those that the score cache does not answer. */
  readonly requestsPerSecond: number;
  /** Drawn evenly for each request. */
  readonly documentsPerRequest: readonly number[];
  /** Drawn evenly for each document. */
  readonly documentTokens: readonly number[];
  /** Drawn evenly for each request. */
  readonly queryTokens: readonly number[];
  /** Share of requests with an adapter, 0 to 1. */
  readonly adapterShare: number;
  /** Share of documents whose prefix a worker has kept, 0 to 1. */
  readonly hitRate: number;
}

export interface SimulatedDocument {
  /** Equal for the same document. */
  readonly id: number;
  readonly tokens: number;
  /** Its prefix was kept when the simulation began. */
  readonly isKept: boolean;
}

export interface SimulatedRequest {
  readonly atMs: number;
  /** Whose share of the threads pays. */
  readonly tenant: string;
  readonly documents: readonly SimulatedDocument[];
  readonly queryTokens: number;
  readonly hasAdapter: boolean;
  /** Whether the query is scored without a document too: each worker does it once for a query that it has not seen, for a blended score. */
  readonly scoresQuery: boolean;
}

/** Mean of what is drawn evenly from. */
export function meanOf(choices: readonly number[]): number {
  return choices.reduce((sum, value) => sum + value, 0) / choices.length;
}

import type { MergedScore } from '#edge/gpu-workers/merge-scores.ts';
import type { Degradation } from '#edge/rerank/degrade.ts';
import type { RankedDocument } from '#edge/rerank/rank-documents.ts';
import type { Explanation } from '#shared/protocol/explanation.ts';
import type { Receipt } from '#shared/protocol/receipt.ts';
import type { RerankRequest, Scoring } from '#shared/protocol/rerank-request.ts';
import type { ScoreTiming } from '#shared/protocol/score.ts';

/** What a rerank found, before it takes a client's shape. */
export interface RerankOutcome {
  readonly requestId: string;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  /** Id of the base model, or `adapter@version`. */
  readonly model: string;
  readonly request: RerankRequest;
  /** What was scored of each document, in the order of the request. */
  readonly texts: readonly string[];
  /** What the documents were ordered by. */
  readonly scoring: Scoring;
  /** How this falls short of what was asked; undefined where it does not. */
  readonly degradation: Degradation | undefined;
  /** Best first, cut to `top_n`. */
  readonly ranked: readonly RankedDocument[];
  readonly usage: RerankUsage;
  readonly queryTokens: number;
  /** As the workers gave them, in the order of the request; undefined for documents without one. */
  readonly scores: readonly (MergedScore | undefined)[];
  readonly warnings: readonly string[];
  /** Those of them that name no document. */
  readonly blendWarnings: readonly string[];
  /** Of the best results, by position in the request; absent where nobody asked. */
  readonly explanations?: ReadonlyMap<number, Explanation>;
  /** Whether each document's score came from the cache, in the order of the request. */
  readonly fromCache: readonly boolean[];
  /** Of the workers that gave the scores; undefined where they do not say it, or differ. */
  readonly scoringFingerprint: string | undefined;
  /** Where it was asked for. */
  readonly receipt?: Receipt;
  /** Milliseconds of the slowest worker; undefined where none was asked. */
  readonly workerMs: number | undefined;
  readonly workerTiming?: ScoreTiming | undefined;
}

export interface RerankUsage {
  /** Tokens of every document, plus the query once per document. */
  readonly tokens: number;
  /** The part of them that was scored for earlier requests. */
  readonly cachedTokens: number;
  /** One per query with up to 100 documents. */
  readonly searchUnits: number;
}

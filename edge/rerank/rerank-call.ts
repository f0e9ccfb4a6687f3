import type { ConnectionSlots } from '#edge/gpu-workers/connection-slots.ts';
import type { RequestPlace } from '#edge/gpu-workers/order-regions.ts';
import type { ParsedRerank } from '#edge/rerank/parse-rerank-request.ts';
import type { CacheUse } from '#edge/score-cache/cache-use.ts';
import type { CountCall } from '#edge/telemetry/request-measures.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

/** A rerank to be done, and on whose behalf. */
export interface RerankCall extends ParsedRerank {
  readonly tenantId: string;
  /** Origin of the request (`https://api.example`). */
  readonly origin: string;
  readonly requestId: string;
  /** The span that the rerank is a part of. */
  readonly trace: TraceSpan;
  /** Told of its calls to workers; absent: nobody counts them. */
  readonly countCall?: CountCall | undefined;
  /** Unix milliseconds at which the request came; the deadline counts from here. */
  readonly startedAtMs: number;
  /** Where it came in, if the platform says so. */
  readonly place: RequestPlace | undefined;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  readonly cacheUse: CacheUse;
  /** Lets work go on after the answer. */
  readonly runInBackground: (work: Promise<unknown>) => void;
  /** Connections that it shares with other reranks of the same HTTP request; absent: all are its own. */
  readonly slots?: ConnectionSlots;
}

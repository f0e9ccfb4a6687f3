import { resolveModel } from '#edge/adapters/resolve-model.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import { blendScores } from '#edge/rerank/blend-scores.ts';
import { checkTruncation, documentTokensMax } from '#edge/rerank/check-truncation.ts';
import { chosenScoring } from '#edge/rerank/chosen-scoring.ts';
import { countUsage } from '#edge/rerank/count-usage.ts';
import type { ParsedRerank } from '#edge/rerank/parse-rerank-request.ts';
import { rankDocuments } from '#edge/rerank/rank-documents.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import { scoreThroughCache } from '#edge/rerank/score-through-cache.ts';
import type { CacheUse } from '#edge/score-cache/cache-use.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';

export interface RerankCall extends ParsedRerank {
  readonly tenantId: string;
  readonly requestId: string;
  readonly traceContext?: TraceContext | undefined;
  /** Unix milliseconds at which the request came; the deadline counts from here. */
  readonly startedAtMs: number;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  readonly cacheUse: CacheUse;
  /** Lets work go on after the answer. */
  readonly runInBackground: (work: Promise<unknown>) => void;
}

/**
 * The whole of a rerank: which model, the documents' scores from the workers, the order.
 * Throws ServiceError: `model_not_found`, `adapter_unavailable`, and everything of scoreOnWorkers and checkTruncation.
 */
export async function rerankDocuments(dependencies: Dependencies, call: RerankCall): Promise<RerankOutcome> {
  const { environment, adapters, workerCalls, scoring } = dependencies;
  const { request, texts, tenantId, requestId, cacheUse, runInBackground } = call;
  const { baseModel } = environment;
  const model = await resolveModel({ model: request.model, tenantId, baseModel, adapters });
  const job = {
    workers: environment.gpuWorkerUrls,
    request: {
      model: baseModel,
      ...(model.adapter === undefined ? {} : { adapter: { digest: model.adapter.digest, name: model.id } }),
      query: request.query,
      documents: [...texts],
      max_tokens_per_doc: documentTokensMax(request),
      include_target_log_likelihoods: false,
      include_calibration: chosenScoring(request) === 'blended',
    },
    startedAtMs: call.startedAtMs,
    deadlineMs: request.deadline_ms,
    signal: call.signal,
    requestId,
    traceContext: call.traceContext,
  };
  const scored = await scoreThroughCache(scoring, workerCalls, { tenantId, job, use: cacheUse, runInBackground });
  const { scores, queryTokens, fromCache, workerMs } = scored;
  const warnings = checkTruncation(scores, request);
  const blend = blendScores(scores, request);
  return {
    requestId,
    createdAtMs: call.startedAtMs,
    model: model.id,
    request,
    texts,
    scoring: blend.scoring,
    ranked: rankDocuments(blend.scores, request.top_n),
    usage: countUsage(scores, queryTokens, fromCache),
    fromCache,
    warnings: [...warnings, ...blend.warnings],
    workerMs,
  };
}

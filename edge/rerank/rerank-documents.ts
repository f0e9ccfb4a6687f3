import { resolveModel } from '#edge/adapters/resolve-model.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import { askScoringFingerprint } from '#edge/gpu-workers/ask-scoring-fingerprint.ts';
import { callGpuWorker } from '#edge/gpu-workers/call-gpu-worker.ts';
import type { FanOutPorts } from '#edge/gpu-workers/fan-out-ports.ts';
import { orderRegions, type RequestPlace } from '#edge/gpu-workers/order-regions.ts';
import { planFleet } from '#edge/gpu-workers/plan-fleet.ts';
import { blendScores } from '#edge/rerank/blend-scores.ts';
import { checkTruncation, documentTokensMax } from '#edge/rerank/check-truncation.ts';
import { chosenScoring } from '#edge/rerank/chosen-scoring.ts';
import { countUsage } from '#edge/rerank/count-usage.ts';
import { degrade } from '#edge/rerank/degrade.ts';
import { answerReserveMs, toleratedFailures } from '#edge/rerank/failure-policy.ts';
import { fuseWithFirstStage } from '#edge/rerank/fusion/fuse-with-first-stage.ts';
import type { ParsedRerank } from '#edge/rerank/parse-rerank-request.ts';
import { keepOrder, rankDocuments } from '#edge/rerank/rank-documents.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import { type CachedScoring, scoreThroughCache } from '#edge/rerank/score-through-cache.ts';
import type { CacheUse } from '#edge/score-cache/cache-use.ts';
import type { TraceContext } from '#shared/tracing/trace-context.ts';

export interface RerankCall extends ParsedRerank {
  readonly tenantId: string;
  /** Origin of the request (`https://api.example`). */
  readonly origin: string;
  readonly requestId: string;
  readonly traceContext?: TraceContext | undefined;
  /** Unix milliseconds at which the request came; the deadline counts from here. */
  readonly startedAtMs: number;
  /** Where it came in, if the platform says so. */
  readonly place: RequestPlace | undefined;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  readonly cacheUse: CacheUse;
  /** Lets work go on after the answer. */
  readonly runInBackground: (work: Promise<unknown>) => void;
}

/**
 * The whole of a rerank: which model, the documents' scores from the cache and the workers, the order.
 * Throws ServiceError: `model_not_found`, `adapter_unavailable`, and everything of scoreOnWorkers and checkTruncation.
 */
export async function rerankDocuments(dependencies: Dependencies, call: RerankCall): Promise<RerankOutcome> {
  const { environment, adapters } = dependencies;
  const { request, texts, tenantId, requestId } = call;
  const { baseModel, modelAliases } = environment;
  const model = await resolveModel({ model: request.model, tenantId, baseModel, modelAliases, adapters });
  const adapter = model.adapter === undefined ? undefined : { digest: model.adapter.digest, name: model.id };
  const { scores, failure, queryTokens, fromCache, workerMs, workerTiming } = await scoreTexts(
    dependencies,
    call,
    adapter,
  );
  const degradation = degrade(request, scores, failure);
  const warnings = checkTruncation(scores, request);
  const blend = blendScores(scores, request);
  const fused = fuseWithFirstStage(blend.scores, request);
  const isUnordered = degradation?.policy === 'original_order';
  return {
    requestId,
    createdAtMs: call.startedAtMs,
    model: model.id,
    request,
    texts,
    scoring: blend.scoring,
    degradation,
    ranked: isUnordered ? keepOrder(texts.length, request.top_n) : rankDocuments(fused, request.top_n),
    usage: countUsage(scores, queryTokens, fromCache),
    fromCache,
    warnings: [...warnings, ...blend.warnings],
    workerMs,
    workerTiming,
  };
}

function scoreTexts(
  { environment, workerCalls, scoring, log }: Dependencies,
  call: RerankCall,
  adapter: { readonly digest: string; readonly name: string } | undefined,
): Promise<CachedScoring> {
  const { request, tenantId, origin, signal, cacheUse, runInBackground } = call;
  const { now, sleep, timeoutSignal } = workerCalls;
  const { health } = scoring;
  const { workerTargets: targets } = environment;
  const regions = orderRegions([...new Set(targets.map(({ region }) => region))], call.place);
  const ports: FanOutPorts = {
    callWorker: (workerCall) => callGpuWorker(workerCalls, workerCall),
    ...{ now, sleep, timeoutSignal, health, log },
  };
  const job = {
    targets,
    regions,
    request: {
      model: environment.baseModel,
      tenant: tenantId,
      ...(adapter === undefined ? {} : { adapter }),
      query: request.query,
      documents: [...call.texts],
      max_tokens_per_doc: documentTokensMax(request),
      include_target_log_likelihoods: false,
      include_calibration: chosenScoring(request) === 'blended',
    },
    startedAtMs: call.startedAtMs,
    deadlineMs: request.deadline_ms,
    reservedMs: answerReserveMs(request),
    tolerated: toleratedFailures(request),
    signal,
    requestId: call.requestId,
    traceContext: call.traceContext,
  };
  const askFingerprint = () => {
    const { primary, fallbacks } = planFleet(targets, regions, (id) => health.isHealthy(id));
    return askScoringFingerprint(workerCalls, [primary, ...fallbacks].flat(), signal);
  };
  return scoreThroughCache(scoring, ports, { tenantId, origin, job, use: cacheUse, askFingerprint, runInBackground });
}

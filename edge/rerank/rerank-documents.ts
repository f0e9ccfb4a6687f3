import { type ResolvedModel, resolveModel } from '#edge/adapters/resolve-model.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import { withReceipt } from '#edge/receipts/with-receipt.ts';
import { blendScores } from '#edge/rerank/blend-scores.ts';
import { checkTruncation } from '#edge/rerank/check-truncation.ts';
import { countUsage } from '#edge/rerank/count-usage.ts';
import { degrade } from '#edge/rerank/degrade.ts';
import { withExplanations } from '#edge/rerank/explain/with-explanations.ts';
import { fuseWithFirstStage } from '#edge/rerank/fusion/fuse-with-first-stage.ts';
import { planScoring, type ScoringPlan } from '#edge/rerank/plan-scoring.ts';
import { keepOrder, rankDocuments } from '#edge/rerank/rank-documents.ts';
import type { RerankCall } from '#edge/rerank/rerank-call.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';
import { scoreThroughCache } from '#edge/rerank/score-through-cache.ts';
import type { ScoringState } from '#edge/rerank/scoring-state.ts';
import type { CacheUse } from '#edge/score-cache/cache-use.ts';
import { inSpan } from '#shared/tracing/in-span.ts';
import type { SpanAttributes } from '#shared/tracing/trace-span.ts';

/**
 * The whole of a rerank: which model, the documents' scores from the cache and the workers, the order, and what else was asked for.
 * Throws ServiceError: `model_not_found`, `adapter_unavailable`, and everything of scoreOnWorkers and checkTruncation.
 */
export async function rerankDocuments(dependencies: Dependencies, call: RerankCall): Promise<RerankOutcome> {
  const { environment, adapters } = dependencies;
  const { request, tenantId } = call;
  const { baseModel, modelAliases } = environment;
  const model = await inSpan(call.trace, 'find model', {}, () =>
    resolveModel({ model: request.model, tenantId, baseModel, modelAliases, adapters }),
  );
  return rerankWithModel(dependencies, call, model);
}

/** The same with a model that was looked up. */
export function rerankWithModel(
  dependencies: Dependencies,
  call: RerankCall,
  model: ResolvedModel,
): Promise<RerankOutcome> {
  return inSpan(call.trace, 'rerank', describeRerank(dependencies, call, model), (trace) =>
    rerankInSpan(dependencies, { ...call, trace }, model),
  );
}

/** Hexadecimal digits of an adapter's SHA-256 that spans name it by; its name is the tenant's own. */
const adapterDigits = 12;

function describeRerank(
  { environment }: Dependencies,
  { texts, request }: RerankCall,
  model: ResolvedModel,
): SpanAttributes {
  return {
    'hintrank.documents': texts.length,
    'hintrank.model': environment.baseModel,
    'hintrank.adapter': model.adapter?.digest.slice(0, adapterDigits),
    'hintrank.explain': request.explain,
  };
}

async function rerankInSpan(
  dependencies: Dependencies,
  call: RerankCall,
  model: ResolvedModel,
): Promise<RerankOutcome> {
  const { scoring, workerCalls, environment } = dependencies;
  const { request, cacheUse } = call;
  const plan = planScoring(dependencies, call, model);
  const rank = (use: CacheUse) => scoreAndRank(scoring, { call, model, plan, use });
  const rankAnew = cacheUse.read ? () => rank({ ...cacheUse, read: false }) : undefined;
  const ranked = await rank(cacheUse);
  const outcome = request.explain ? await withExplanations(plan, ranked, rankAnew) : ranked;
  if (!request.receipt) return outcome;
  return withReceipt({ outcome, model, plan, workerCalls, pepper: environment.apiKeyPeppers.current });
}

interface Ranking {
  readonly call: RerankCall;
  readonly model: ResolvedModel;
  readonly plan: ScoringPlan;
  readonly use: CacheUse;
}

async function scoreAndRank(state: ScoringState, { call, model, plan, use }: Ranking): Promise<RerankOutcome> {
  const { request, texts, tenantId, origin, runInBackground } = call;
  const { ports, job, askFingerprint } = plan;
  const cached = { tenantId, origin, job, use, askFingerprint, runInBackground };
  const scored = await scoreThroughCache(state, ports, cached);
  const { scores, failure, queryTokens, fromCache, scoringFingerprint, workerMs, workerTiming } = scored;
  const degradation = degrade(request, scores, failure);
  const warnings = checkTruncation(scores, request);
  const blend = blendScores(scores, request);
  const fused = fuseWithFirstStage(blend.scores, request);
  const isUnordered = degradation?.policy === 'original_order';
  return {
    requestId: call.requestId,
    createdAtMs: call.startedAtMs,
    model: model.id,
    request,
    texts,
    scoring: blend.scoring,
    degradation,
    ranked: isUnordered ? keepOrder(texts.length, request.top_n) : rankDocuments(fused, request.top_n),
    usage: countUsage(scores, queryTokens, fromCache),
    queryTokens,
    fromCache,
    scoringFingerprint,
    scores,
    warnings: [...warnings, ...blend.warnings],
    blendWarnings: blend.warnings,
    workerMs,
    workerTiming,
  };
}

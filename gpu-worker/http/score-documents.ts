import { readChunkSettings, shapeBestChunk } from '#gpu-worker/http/shape-chunks.ts';
import { documentExplanation, queryExplanation } from '#gpu-worker/http/shape-explanation.ts';
import { defaultTemplate, parseTemplateName, type TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import type { TaskTiming } from '#gpu-worker/scoring/engine-observer.ts';
import type { AdapterSummary, PairScore, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Calibration, TravellingCalibration } from '#shared/calibration/calibration.ts';
import type { DocumentScore, ScoreRequest, ScoreResponse } from '#shared/protocol/score.ts';
import { errorName } from '#shared/tracing/in-span.ts';
import type { TraceSpan } from '#shared/tracing/trace-span.ts';

export interface ScoreDocumentsParts {
  readonly engine: ScoringEngine;
  readonly adapters: LoadedAdapters;
  /** The base model's; also of adapters without their own. */
  readonly calibration: Calibration | null;
}

/** Who asks, and who is told of each document that was scored. */
export interface ScoreCall {
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly onTiming: (timing: TaskTiming) => void;
  /** The call's span; undefined: nobody traces it. */
  readonly trace?: TraceSpan | undefined;
}

/**
 * Scores every document of the request as a task of its own, so that they spread over the engine's threads. All or nothing: when one
 * fails, the others are dropped. Throws ServiceError as the engine and the adapters do.
 */
export async function scoreDocuments(
  parts: ScoreDocumentsParts,
  request: ScoreRequest,
  call: ScoreCall,
): Promise<Omit<ScoreResponse, 'compute_ms'>> {
  const template = request.template === undefined ? undefined : parseTemplateName(request.template);
  const score = (adapter?: AdapterSummary) => scoreWith(parts, request, template, adapter, call);
  if (request.adapter === undefined) return score();
  const loading = call.trace?.start('adapter');
  try {
    return await parts.adapters.use(request.adapter, call.signal, (adapter) => {
      loading?.end();
      return score(adapter);
    });
  } catch (error) {
    // Of the loading, if it had not ended.
    loading?.end({ error: errorName(error) });
    throw error;
  }
}

async function scoreWith(
  { engine, calibration: baseCalibration }: ScoreDocumentsParts,
  request: ScoreRequest,
  template: TemplateName | undefined,
  adapter: AdapterSummary | undefined,
  { signal, requestId, onTiming, trace }: ScoreCall,
): Promise<Omit<ScoreResponse, 'compute_ms'>> {
  const used = template ?? adapter?.template ?? defaultTemplate;
  const { query } = request;
  const calibration = request.include_calibration ? (adapter?.calibration ?? baseCalibration) : null;
  const { pairs, queryLogLikelihood, queryTokens } = await allOrNothing(signal, (combined) => {
    const { tenant = requestId, priority = 0, guest: isGuest = false } = request;
    const whose = { tenant, request: requestId, priority, isGuest, ...(trace === undefined ? {} : { trace }) };
    const options = { signal: combined, deadlineAtMs: request.deadline_at_ms, ...whose, onTiming };
    const base = {
      queries: [query],
      template: used,
      maxTokensPerDoc: request.max_tokens_per_doc,
      ...(request.chunks === undefined ? {} : { chunks: readChunkSettings(request.chunks) }),
      ...(request.explain === true ? { explain: true } : {}),
      ...(adapter === undefined ? {} : { adapterDigest: adapter.digest }),
    };
    return {
      pairs: request.documents.map((document) => engine.score({ document, ...base }, options)),
      query: calibration === null ? null : engine.queryLogLikelihood({ query, template: used }, options),
      queryTokens:
        request.explain === true ? engine.queryTokenLogLikelihoods({ query, template: used }, options) : null,
    };
  });
  const scores = pairs.flat();
  return {
    model: request.model,
    template: used,
    query_tokens: scores[0]?.targetIds.length ?? 0,
    scores: scores.map((pair) => documentScore(pair, request.include_target_log_likelihoods)),
    ...(queryLogLikelihood === null ? {} : { query_log_likelihood: queryLogLikelihood }),
    ...(calibration === null ? {} : { calibration: shareCalibration(calibration) }),
    ...(queryTokens === null ? {} : { explanation: queryExplanation(scores[0], queryTokens) }),
  };
}

interface ScoreTasks {
  readonly pairs: readonly Promise<PairScore[]>[];
  readonly query: Promise<number> | null;
  readonly queryTokens: Promise<Float32Array> | null;
}

/** Waits for every task even after a failure, so that nothing of this call still runs when its adapter may be unloaded. */
async function allOrNothing(signal: AbortSignal, start: (signal: AbortSignal) => ScoreTasks) {
  const failed = new AbortController();
  const tasks = start(AbortSignal.any([signal, failed.signal]));
  try {
    const [queryLogLikelihood, queryTokens, ...pairs] = await Promise.all([
      tasks.query,
      tasks.queryTokens,
      ...tasks.pairs,
    ] as const);
    return { queryLogLikelihood, queryTokens, pairs };
  } catch (error) {
    failed.abort();
    await Promise.allSettled([tasks.query, tasks.queryTokens, ...tasks.pairs]);
    throw error;
  }
}

function shareCalibration({ constants, constantsWithFirstStage }: Calibration): TravellingCalibration {
  return { constants, ...(constantsWithFirstStage === undefined ? {} : { constantsWithFirstStage }) };
}

function documentScore(pair: PairScore, withTargets: boolean): DocumentScore {
  const explanation = documentExplanation(pair);
  return {
    mean_log_likelihood: pair.meanLogLikelihood,
    document_tokens: pair.documentTokens,
    truncated: pair.truncated,
    ...(pair.lexicalMatch === undefined ? {} : { lexical_match: pair.lexicalMatch }),
    ...(pair.chunk === undefined ? {} : { chunk: shapeBestChunk(pair.chunk) }),
    ...(explanation === undefined ? {} : { explanation }),
    ...(withTargets ? { target_log_likelihoods: Array.from(pair.targetLogLikelihoods) } : {}),
  };
}

import { resolveModel } from '#edge/adapters/resolve-model.ts';
import type { Dependencies } from '#edge/dependencies.ts';
import { ConnectionSlots } from '#edge/gpu-workers/connection-slots.ts';
import { checkTruncation } from '#edge/rerank/check-truncation.ts';
import { documentLength } from '#edge/rerank/document-length.ts';
import { publicScore } from '#edge/rerank/public-score.ts';
import type { RerankCall } from '#edge/rerank/rerank-call.ts';
import { rerankWithModel } from '#edge/rerank/rerank-documents.ts';
import type { RerankOutcome, RerankUsage } from '#edge/rerank/rerank-outcome.ts';
import type { ParsedPairs } from '#edge/score-pairs/parse-pairs.ts';
import { limits } from '#shared/limits.ts';
import { rerankRequestSchema } from '#shared/protocol/rerank-request.ts';
import type { DocumentScore } from '#shared/protocol/score.ts';
import { inSpan } from '#shared/tracing/in-span.ts';

export interface PairsOutcome
  extends Pick<RerankOutcome, 'model' | 'usage' | 'fromCache' | 'warnings' | 'workerMs' | 'workerTiming'> {
  /** In the order of the request. */
  readonly scores: readonly { readonly score: number; readonly meanLogLikelihood: number }[];
}

type PairsCall = Omit<RerankCall, 'request' | 'texts' | 'slots'> & ParsedPairs;

/** The documents of one query, and their places among the pairs. */
interface Group {
  readonly query: string;
  readonly indices: readonly number[];
}

/**
 * Scores pairs as reranks, one for each different query, over the connections of one. The first is alone, and finds out for the others what is common
 * to all. Throws as rerankDocuments does; nothing is answered in part.
 */
export async function scorePairs(dependencies: Dependencies, call: PairsCall): Promise<PairsOutcome> {
  const { settings, pairs, tenantId } = call;
  const { baseModel, modelAliases } = dependencies.environment;
  const { adapters } = dependencies;
  const model = await inSpan(call.trace, 'find model', {}, () =>
    resolveModel({ model: settings.model, tenantId, baseModel, modelAliases, adapters }),
  );
  const slots = new ConnectionSlots(limits.workerConnectionsMax);
  const siblings = new AbortController();
  const signal = AbortSignal.any([call.signal, siblings.signal]);
  const rerank = ({ query, indices }: Group) => {
    const texts = indices.map((index) => pairs[index]?.document ?? '');
    const { scoring, raw_scores, priority, deadline_ms } = settings;
    const common = { scoring, raw_scores, priority, deadline_ms };
    // What is too long is named by its place among all pairs, afterwards.
    const { max_chunks_per_doc, chunk_tokens, chunk_overlap } = settings;
    const chunks = { max_chunks_per_doc, chunk_tokens, chunk_overlap };
    const length = { ...chunks, max_tokens_per_doc: documentLength(settings).tokensMax, truncation: true };
    const request = rerankRequestSchema.parse({ query, documents: texts, ...common, ...length });
    return rerankWithModel(dependencies, { ...call, request, texts, signal, slots }, model);
  };
  const [first, ...others] = groupByQuery(pairs);
  if (first === undefined) throw new Error('there are no pairs');
  try {
    const outcomes = [await rerank(first), ...(await Promise.all(others.map(rerank)))];
    return { model: model.id, ...join([first, ...others], outcomes, call) };
  } finally {
    siblings.abort();
  }
}

function groupByQuery(pairs: ParsedPairs['pairs']): Group[] {
  const groups = Map.groupBy(pairs.keys(), (index) => pairs[index]?.query ?? '');
  return [...groups].map(([query, indices]) => ({ query, indices }));
}

function join(
  groups: readonly Group[],
  outcomes: readonly RerankOutcome[],
  { settings, pairs }: PairsCall,
): Omit<PairsOutcome, 'model'> {
  const scores = new Map<number, PairsOutcome['scores'][number]>();
  const documentScores: (DocumentScore | undefined)[] = pairs.map(() => undefined);
  const fromCache = pairs.map(() => false);
  for (const [place, outcome] of outcomes.entries()) {
    const indices = groups[place]?.indices ?? [];
    for (const ranked of outcome.ranked) {
      const { meanLogLikelihood } = ranked;
      if (meanLogLikelihood !== undefined)
        scores.set(indices[ranked.index] ?? -1, { score: publicScore(outcome, ranked), meanLogLikelihood });
    }
    for (const [position, index] of indices.entries()) {
      documentScores[index] = outcome.scores[position];
      fromCache[index] = outcome.fromCache[position] === true;
    }
  }
  const [slowest] = outcomes.toSorted((one, other) => (other.workerMs ?? 0) - (one.workerMs ?? 0));
  return {
    scores: pairs.map((_, index) => {
      const score = scores.get(index);
      if (score === undefined) throw new Error(`pair ${index} of ${pairs.length} has no score`);
      return score;
    }),
    usage: outcomes.map(({ usage }) => usage).reduce(sumUsage),
    fromCache,
    warnings: [
      ...checkTruncation(documentScores, settings),
      ...new Set(outcomes.flatMap(({ blendWarnings }) => blendWarnings)),
    ],
    workerMs: slowest?.workerMs,
    workerTiming: slowest?.workerTiming,
  };
}

function sumUsage(one: RerankUsage, other: RerankUsage): RerankUsage {
  return {
    tokens: one.tokens + other.tokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    searchUnits: one.searchUnits + other.searchUnits,
  };
}

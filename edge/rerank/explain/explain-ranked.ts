import { digestDocuments } from '#edge/gpu-workers/digest-documents.ts';
import { scoreOnWorkers } from '#edge/gpu-workers/score-on-workers.ts';
import { explainedCount } from '#edge/rerank/explain/explained-count.ts';
import { shapeExplanation } from '#edge/rerank/explain/shape-explanation.ts';
import type { ScoringPlan } from '#edge/rerank/plan-scoring.ts';
import type { RankedDocument } from '#edge/rerank/rank-documents.ts';
import type { Explanation } from '#shared/protocol/explanation.ts';

export interface ToExplain {
  /** Best first. */
  readonly ranked: readonly RankedDocument[];
  readonly texts: readonly string[];
  readonly queryTokens: number;
}

export interface Explanations {
  /** By the position in the request; each is of the very score that its document was ranked by. */
  readonly byIndex: ReadonlyMap<number, Explanation>;
  /** Documents that were to be explained and are not. */
  readonly missing: readonly number[];
  /** Whether a worker gave one of them another score than it was ranked by: that one was kept from before a worker was replaced. */
  readonly outdated: boolean;
}

/**
 * Explanations of the best results: workers score those documents once more, whose prefixes they have kept, and say what the scores are made of.
 * Nothing of it is cached. Throws as scoreOnWorkers.
 */
export async function explainRanked(
  { ports, job }: ScoringPlan,
  { ranked, texts, queryTokens }: ToExplain,
): Promise<Explanations> {
  const scored = ranked.filter(({ meanLogLikelihood }) => meanLogLikelihood !== undefined);
  const chosen = scored.slice(0, explainedCount(scored.length, queryTokens));
  if (chosen.length === 0) return { byIndex: new Map(), missing: [], outdated: false };
  const documents = chosen.map(({ index }) => texts[index] ?? '');
  const request = { ...job.request, documents, include_calibration: false, explain: true };
  const { scores } = await scoreOnWorkers(ports, { ...job, request, digests: await digestDocuments(documents) });
  const byIndex = new Map<number, Explanation>();
  let outdated = false;
  for (const [place, { index, meanLogLikelihood }] of chosen.entries()) {
    const score = scores[place];
    const isSame = score?.mean_log_likelihood === meanLogLikelihood;
    outdated ||= score !== undefined && !isSame;
    const { explanation, query_explanation } = score ?? {};
    if (!isSame || explanation === undefined || query_explanation === undefined) continue;
    const shaped = shapeExplanation(query_explanation, explanation);
    if (shaped !== undefined) byIndex.set(index, shaped);
  }
  return { byIndex, missing: chosen.flatMap(({ index }) => (byIndex.has(index) ? [] : [index])), outdated };
}

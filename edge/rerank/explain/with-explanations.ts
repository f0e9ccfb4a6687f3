import { type Explanations, explainRanked } from '#edge/rerank/explain/explain-ranked.ts';
import type { ScoringPlan } from '#edge/rerank/plan-scoring.ts';
import type { RerankOutcome } from '#edge/rerank/rerank-outcome.ts';

/**
 * The outcome with the best results explained. An explanation is of the score that is shown, bit for bit: where a worker has another score than the
 * cache had, everything is ranked anew.
 * @param rankAnew ranks without kept scores; undefined where that is how the outcome came about
 */
export async function withExplanations(
  plan: ScoringPlan,
  outcome: RerankOutcome,
  rankAnew: (() => Promise<RerankOutcome>) | undefined,
): Promise<RerankOutcome> {
  const explanations = await explainRanked(plan, outcome);
  if (!explanations.outdated || rankAnew === undefined) return join(outcome, explanations);
  const fresh = await rankAnew();
  return join(fresh, await explainRanked(plan, fresh));
}

function join(outcome: RerankOutcome, { byIndex, missing }: Explanations): RerankOutcome {
  const warning = `not explained, since no worker could: the documents at index ${missing.join(', ')}`;
  return {
    ...outcome,
    explanations: byIndex,
    warnings: missing.length === 0 ? outcome.warnings : [...outcome.warnings, warning],
  };
}

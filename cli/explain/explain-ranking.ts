import type { RankedDocument } from '#cli/output/rank-documents.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { PairExplanation } from '#gpu-worker/scoring/explanation/explain-pair.ts';
import type { ScoreTask, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { limits } from '#shared/limits.ts';

/** A token of the query and what the document makes of it; nats. */
export interface ExplainedToken {
  readonly text: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly log_likelihood: number;
  readonly log_likelihood_without_document: number;
  readonly lift: number;
}

export interface RankingExplanation {
  readonly tokens: readonly ExplainedToken[];
  readonly hints?: PairExplanation['hints'];
}

export interface RankingToExplain<T> {
  readonly engine: ScoringEngine;
  readonly query: string;
  readonly template: TemplateName;
  readonly ranking: readonly RankedDocument<T>[];
  /** What was scored of each document, in the order of the input. */
  readonly texts: readonly string[];
  /** Of every score. */
  readonly options: Omit<ScoreTask, 'document' | 'queries'>;
  readonly signal: AbortSignal;
}

/** Explanations of the best documents of a ranking, in its order; as many as the API explains. */
export async function explainRanking<T>(call: RankingToExplain<T>): Promise<RankingExplanation[]> {
  const { engine, query, template, ranking, texts, options, signal } = call;
  const without = await engine.queryTokenLogLikelihoods({ query, template }, { signal });
  const scored = await Promise.all(
    ranking
      .slice(0, limits.explainedResultsMax)
      .map(({ index }) =>
        engine.score({ ...options, document: texts[index] ?? '', queries: [query], explain: true }, { signal }),
      ),
  );
  return scored.flat().map(({ explanation, targetLogLikelihoods }): RankingExplanation => {
    if (explanation === undefined) throw new Error('the engine explained nothing');
    const tokens = explanation.tokens.map((token, index) => {
      const log_likelihood = targetLogLikelihoods[index] ?? Number.NaN;
      const log_likelihood_without_document = without[index] ?? Number.NaN;
      return {
        ...token,
        log_likelihood,
        log_likelihood_without_document,
        lift: log_likelihood - log_likelihood_without_document,
      };
    });
    return { tokens, ...(explanation.hints === undefined ? {} : { hints: explanation.hints }) };
  });
}

import { spearmanCorrelation } from '#gpu-worker/evaluation/spearman-correlation.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** How far two runs over the same candidates are apart. */
export interface RunComparison {
  /** (query, document) pairs that both runs score. */
  readonly pairs: number;
  /** In the unit of the scores: nats per token for two likelihood runs. */
  readonly meanAbsoluteDifference: number;
  readonly maxAbsoluteDifference: number;
  /** Mean over queries of the rank correlation of their common documents; queries with fewer than 2 of them are left out. */
  readonly meanSpearman: number;
  readonly queries: number;
}

/** Compares the scores that two runs give to the pairs they have in common. Queries and documents of one run alone are passed over. */
export function compareRuns(run: TrecRun, reference: TrecRun): RunComparison {
  const differences: number[] = [];
  const correlations: number[] = [];
  for (const [queryId, entries] of run) {
    const referenceScores = new Map(reference.get(queryId)?.map((entry) => [entry.documentId, entry.score]));
    const pairs = entries.flatMap(({ documentId, score }) => {
      const referenceScore = referenceScores.get(documentId);
      return referenceScore === undefined ? [] : [[score, referenceScore] as const];
    });
    differences.push(...pairs.map(([score, referenceScore]) => Math.abs(score - referenceScore)));
    if (pairs.length >= 2)
      correlations.push(
        spearmanCorrelation(
          pairs.map(([score]) => score),
          pairs.map(([, score]) => score),
        ),
      );
  }
  return {
    pairs: differences.length,
    meanAbsoluteDifference: mean(differences),
    maxAbsoluteDifference: differences.reduce((largest, difference) => Math.max(largest, difference), 0),
    meanSpearman: mean(correlations),
    queries: correlations.length,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

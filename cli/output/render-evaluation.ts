import type { RunComparison } from '#gpu-worker/evaluation/compare-runs.ts';
import type { RunSummary } from '#gpu-worker/evaluation/summarise-run.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';

export interface EvaluationReport {
  readonly method: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly cores: number;
  readonly depth: number;
  readonly maxTokensPerDoc: number;
  readonly pairs: number;
  /** Distinct documents; each document's prefix was computed once. */
  readonly documents: number;
  readonly seconds: number;
  readonly firstStage: RunSummary;
  readonly reranked: RunSummary;
  readonly comparison?: RunComparison;
}

/** The report for people. */
export function renderEvaluation(report: EvaluationReport): string {
  const { firstStage, reranked, comparison } = report;
  const row = (name: string, summary: RunSummary): string =>
    `${name.padEnd(28)}${[summary.ndcgAt10, summary.hitAt1, summary.reciprocalRankAt10].map((value) => value.toFixed(4).padStart(9)).join('')}`;
  const lines = [
    `${''.padEnd(28)}${['nDCG@10', 'Hit@1', 'MRR@10'].map((name) => name.padStart(9)).join('')}`,
    row('first stage', firstStage),
    row(`${report.method}, ${report.precision}`, reranked),
    '',
    `${reranked.queries} queries with a relevant document; ${report.pairs} pairs of the top ${report.depth}, ${report.documents} documents of at most ${report.maxTokensPerDoc} tokens.`,
    `${report.seconds.toFixed(1)} s on ${report.threads} threads (${report.cores} cores): ${(report.documents / report.seconds).toFixed(1)} documents/s, ${(report.pairs / report.seconds).toFixed(1)} pairs/s.`,
  ];
  if (comparison !== undefined) lines.push(renderComparison(comparison));
  return `${lines.join('\n')}\n`;
}

function renderComparison(comparison: RunComparison): string {
  return [
    `Against the compared run, ${comparison.pairs} common pairs:`,
    `mean |Δ| ${comparison.meanAbsoluteDifference.toFixed(4)}, max |Δ| ${comparison.maxAbsoluteDifference.toFixed(4)} nats per token,`,
    `mean Spearman within a query ${comparison.meanSpearman.toFixed(4)}.`,
  ].join(' ');
}

/** The report for programs, in the field names of the public API. */
export function shapeEvaluation(report: EvaluationReport) {
  const shape = (summary: RunSummary) => ({
    ndcg_at_10: summary.ndcgAt10,
    hit_at_1: summary.hitAt1,
    mrr_at_10: summary.reciprocalRankAt10,
  });
  const { comparison } = report;
  return {
    method: report.method,
    precision: report.precision,
    threads: report.threads,
    depth: report.depth,
    max_tokens_per_doc: report.maxTokensPerDoc,
    queries: report.reranked.queries,
    pairs: report.pairs,
    documents: report.documents,
    seconds: report.seconds,
    first_stage: shape(report.firstStage),
    reranked: shape(report.reranked),
    ...(comparison === undefined
      ? {}
      : {
          comparison: {
            pairs: comparison.pairs,
            mean_absolute_difference: comparison.meanAbsoluteDifference,
            max_absolute_difference: comparison.maxAbsoluteDifference,
            mean_spearman: comparison.meanSpearman,
          },
        }),
  };
}

import type { RunComparison } from '#gpu-worker/evaluation/compare-runs.ts';
import { describeComparison } from '#gpu-worker/evaluation/report/describe-comparison.ts';
import { describeScoring } from '#gpu-worker/evaluation/report/describe-scoring.ts';
import { describeTokens } from '#gpu-worker/evaluation/report/describe-tokens.ts';
import type { EvaluationReport } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { intervalConfidence } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';

/** The table's columns, where they were measured; the files and `--json` have all metrics. */
const columns = ['nDCG@10', 'Hit@1', 'MRR@10', 'Recall@10', 'MAP'];
const columnWidth = 11;

/** The report for people at a terminal. */
export function renderEvaluation(report: EvaluationReport): string {
  const { evaluation, scoring, scoreComparison } = report;
  const nameWidth = Math.max(28, ...evaluation.rankings.map(({ name }) => name.length + 1));
  const row = (name: string, cells: readonly string[]): string =>
    name.padEnd(nameWidth) + cells.map((cell) => cell.padStart(columnWidth)).join('');
  const queries = evaluation.rankings[0]?.measured.queryIds.length ?? 0;
  const lines = [
    row('', columns),
    ...evaluation.rankings.map(({ name, means }) => row(name, columns.map((label) => (means.get(label) ?? 0).toFixed(4)))), // biome-ignore format: a row
    '',
    `${queries} queries with a relevant document, ${report.data} ${report.split}; first stage: ${report.firstStage}, top ${report.depth}.`,
    ...(scoring === null ? [] : describeScoring(scoring)),
    ...report.notes,
    ...evaluation.comparisons.map(describeComparison),
  ];
  if (evaluation.comparisons.length > 0)
    lines.push(
      `(${intervalConfidence * 100} % bootstrap intervals of ${evaluation.bootstrap.resamples} samples, seed ${evaluation.bootstrap.seed}; paired t tests, not corrected for their number.)`,
    );
  if (scoring !== null)
    lines.push(
      `${scoring.pairs} pairs, ${scoring.documents} documents of at most ${describeTokens(scoring)}, in ${scoring.seconds.toFixed(1)} s on ${scoring.threads} threads (${scoring.cores} cores): ${(scoring.documents / scoring.seconds).toFixed(1)} documents/s, ${(scoring.pairs / scoring.seconds).toFixed(1)} pairs/s.`,
    );
  if (scoreComparison !== undefined)
    lines.push(
      renderScoreComparison(scoreComparison, scoring?.orderedBy === 'blended' ? 'log-odds' : 'nats per token'),
    );
  return `${lines.join('\n')}\n`;
}

/** `unit` is that of our scores; a run does not say which its scores have. */
function renderScoreComparison(comparison: RunComparison, unit: string): string {
  return [
    `Scores against the compared run's, ${comparison.pairs} common pairs:`,
    `mean |Δ| ${comparison.meanAbsoluteDifference.toFixed(4)}, max |Δ| ${comparison.maxAbsoluteDifference.toFixed(4)} ${unit},`,
    `mean Spearman within a query ${comparison.meanSpearman.toFixed(4)}.`,
  ].join(' ');
}

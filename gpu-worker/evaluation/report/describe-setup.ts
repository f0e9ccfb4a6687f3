import { describeScoring } from '#gpu-worker/evaluation/report/describe-scoring.ts';
import { describeTokens } from '#gpu-worker/evaluation/report/describe-tokens.ts';
import type { EvaluationReport } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { intervalConfidence } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';

/** The heading of a report: the ranking that it is about, and where it was measured. */
export function describeTitle({ data, split, evaluation }: EvaluationReport): string {
  return `${evaluation.rankings.at(-1)?.name ?? 'first stage'} on ${data}, ${split}`;
}

/** What was done and how the figures were made, one sentence each: enough to do it again. */
export function describeSetup({ data, split, firstStage, depth, scoring, evaluation }: EvaluationReport): string[] {
  const queries = evaluation.rankings[0]?.measured.queryIds.length ?? 0;
  const { seed, resamples } = evaluation.bootstrap;
  return [
    `Data: ${data}, ${split}, ${queries} queries with a relevant document.`,
    `First stage: ${firstStage}, top ${depth}; methods order these candidates.`,
    ...(scoring === null
      ? []
      : [
          `Scored: ${scoring.pairs} pairs in ${scoring.precision}, documents cut to ${describeTokens(scoring)}, in ${scoring.seconds.toFixed(1)} s on ${scoring.threads} threads.`,
          ...describeScoring(scoring),
        ]),
    `Metrics as trec_eval has them; equal scores are ordered by document id, last id first.`,
    `Differences are per query and paired: ${intervalConfidence * 100} % bootstrap intervals (${resamples} samples, seed ${seed}), two-sided paired t tests, not corrected for their number.`,
  ];
}

import type { ScoringSummary } from '#gpu-worker/evaluation/report/evaluation-report.ts';

/** What the reranked candidates are ordered by and, for probabilities, how well they hold: a sentence each. */
export function describeScoring({ orderedBy, blend }: ScoringSummary): string[] {
  if (orderedBy === 'likelihood') return ['Ordered by mean log-likelihood, nats per query token.'];
  if (blend === null) return ['Ordered by blended scores, the log-odds of relevance.'];
  const { fittedOn, withFirstStage, pairs, expectedCalibrationError, logLoss } = blend;
  return [
    `Ordered by blended scores, the log-odds of relevance${withFirstStage ? ", the first stage's scores among them" : ''}; constants fitted on ${fittedOn}.`,
    `As probabilities of relevance: expected calibration error ${expectedCalibrationError.toFixed(4)}, log loss ${logLoss.toFixed(4)} nats, over ${pairs} pairs; those without a judgement count as not relevant.`,
  ];
}

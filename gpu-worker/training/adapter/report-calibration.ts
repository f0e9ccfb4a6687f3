import type { ReportedCalibration } from '#gpu-worker/training/adapter/training-report.ts';
import type { AdapterJudgement } from '#gpu-worker/training/judge-adapter.ts';

/** Constants that the adapter will be served with and how well they hold; null where there are none. */
export function reportCalibration(judgement: AdapterJudgement): ReportedCalibration | null {
  const { calibration, baseCalibration, figures, relevantPairs, alone } = judgement;
  const used = calibration.calibration ?? baseCalibration;
  if (used === null || figures === null) return null;
  return {
    constantsOf: calibration.calibration === null ? 'base model' : 'adapter',
    constants: used.constants,
    queries: alone.base.queryIds.length,
    ...figures,
    relevantPairs,
  };
}

/** What the adapter's calibration and its figures are, or why there are none, a sentence each. */
export function describeCalibration({ calibration, baseCalibration, blended }: AdapterJudgement): string[] {
  const known = calibration.calibration;
  if (known === null)
    return [
      calibration.obstacle,
      baseCalibration === null
        ? 'There are no constants for the base model either: scores of the adapter stay likelihoods until `hintrank calibrate` has fitted some.'
        : "The adapter carries no calibration; the base model's is used, here too.",
    ];
  const { pairs, relevantPairs } = known.fittedOn;
  return [
    `The adapter's calibration is fitted on ${pairs} dev pairs, ${relevantPairs} of them relevant; the figures are of fits that had not seen the query, in five turns.`,
    ...(blended === null
      ? [
          'There are no constants for the base model, and none could be fitted, so the blended rankings are not compared.',
        ]
      : []),
  ];
}

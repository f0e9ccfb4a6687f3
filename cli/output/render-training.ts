import type { ReportedComparison, TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';

/** The end of `hintrank train` for people. */
export function renderTraining(report: TrainingReport, output: string): string {
  const { alone, blended, calibration } = report;
  return [
    ...renderComparison('by likelihood', alone),
    ...(blended === null ? [] : ['', ...renderComparison('blended', blended)]),
    '',
    report.verdict,
    ...(blended === null ? [] : [report.decidedBy === 'blended' ? alone.verdict : blended.verdict]),
    ...report.signs.map(({ sentence }) => sentence),
    ...(calibration === null
      ? []
      : [
          `As probabilities of relevance: calibration error ${calibration.expectedCalibrationError.toFixed(4)}, log loss ${calibration.logLoss.toFixed(4)} nats over ${calibration.pairs} dev pairs.`,
        ]),
    ...report.calibrationNotes,
    `Kept: step ${report.keptStep} of ${report.steps}. Adapter: ${output}; reports: ${output}.report.html and .json`,
    '',
  ].join('\n');
}

function renderComparison(scoring: string, { metrics, base, adapter }: ReportedComparison): string[] {
  return [
    `Dev queries ${scoring}: nDCG@10 ${base.toFixed(4)} for the base model, ${adapter.toFixed(4)} for the adapter`,
    'metric     Δ to base 95 % interval       better / worse / same queries',
    ...metrics.map(
      ({ metric, meanDifference, interval, wins, losses, ties }) =>
        `${metric.padEnd(10)} ${meanDifference.toFixed(4).padStart(8)}  ${intervalText(interval).padEnd(20)} ${wins} / ${losses} / ${ties}`,
    ),
  ];
}

function intervalText(interval: { readonly low: number; readonly high: number } | null): string {
  return interval === null ? '' : `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
}

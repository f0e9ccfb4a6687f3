import type { TrainingReport } from '#gpu-worker/training/adapter/finish-adapter.ts';

/** The end of `hintrank train` for people. */
export function renderTraining(report: TrainingReport, output: string): string {
  const rows = report.againstBase.map(
    ({ metric, meanDifference, interval, wins, losses, ties }) =>
      `${metric.padEnd(10)} ${meanDifference.toFixed(4).padStart(8)}  ${intervalText(interval).padEnd(20)} ${wins} / ${losses} / ${ties}`,
  );
  return [
    `metric     Δ to base 95 % interval       better / worse / same queries`,
    ...rows,
    '',
    report.verdict,
    `Kept: step ${report.bestStep} of ${report.steps}. Adapter: ${output}; report: ${output}.report.json`,
    '',
  ].join('\n');
}

function intervalText(interval: { readonly low: number; readonly high: number } | null): string {
  return interval === null ? '' : `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
}

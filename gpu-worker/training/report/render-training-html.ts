import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { comparisonTable } from '#gpu-worker/evaluation/report/comparison-table.ts';
import { plotDifferences } from '#gpu-worker/evaluation/report/evaluation-plots.ts';
import { escapeHtml, htmlPage, htmlTable } from '#gpu-worker/evaluation/report/html-page.ts';
import type {
  ReportedCalibration,
  ReportedComparison,
  TrainingReport,
} from '#gpu-worker/training/adapter/training-report.ts';
import { plotCalibration, plotLooks, plotLosses } from '#gpu-worker/training/report/training-plots.ts';

/** The report of a training as one HTML page: verdicts, curves, the gain alone and blended, calibration, data and settings. */
export function renderTrainingHtml(report: TrainingReport): string {
  const { data, settings, alone, blended, calibration } = report;
  const second = report.decidedBy === 'blended' ? alone : blended;
  return htmlPage(`${settings.method} adapter, trained on ${data.name}`, [
    paragraphs([report.verdict, ...(second === null ? [] : [second.verdict]), describeRun(report)]),
    paragraphs(report.signs.map(({ sentence }) => sentence)),
    '<h2>Loss</h2>',
    plotLosses(report),
    `<h2>Looks at the dev queries, ranked by ${report.decidedBy === 'blended' ? 'blended scores' : 'likelihood'}</h2>`,
    plotLooks(report),
    ...renderComparison('Against the base model, by likelihood', alone),
    ...(blended === null ? [] : renderComparison('Against the base model, blended', blended)),
    '<h2>Calibration</h2>',
    paragraphs(report.calibrationNotes),
    ...(calibration === null ? [] : renderCalibration(calibration)),
    '<h2>Settings</h2>',
    htmlTable(['setting', 'value'], listSettings(settings)),
  ]);
}

function describeRun({ data, settings, keptStep, steps }: TrainingReport): string {
  const choice =
    settings.keep !== 'last'
      ? ' What was chosen by several looks at the same queries is a little flattered: a figure to report comes from test queries, with hintrank evaluate.'
      : '';
  return `${data.trainQueries} training queries, ${data.devQueries} dev queries, ${data.documents} documents; ${steps} steps, of which the adapter after step ${keptStep} was kept.${choice}`;
}

function renderComparison(title: string, { base, adapter, metrics }: ReportedComparison): string[] {
  return [
    `<h2>${escapeHtml(title)}</h2>`,
    paragraphs([`${decidingMetric} ${base.toFixed(4)} for the base model, ${adapter.toFixed(4)} for the adapter.`]),
    plotDifferences({ metrics }),
    comparisonTable(metrics),
  ];
}

function renderCalibration(calibration: ReportedCalibration): string[] {
  const { expectedCalibrationError, logLoss, queries, pairs, relevantPairs, constants, bins } = calibration;
  return [
    paragraphs([
      `Expected calibration error ${expectedCalibrationError.toFixed(4)}, log loss ${logLoss.toFixed(4)} nats, over ${pairs} pairs of ${queries} dev queries, ${relevantPairs} of them relevant.`,
    ]),
    plotCalibration(bins),
    htmlTable(
      ['tenth', 'pairs', 'mean score', 'share relevant'],
      bins.map((bin, index) => [
        `${(index / 10).toFixed(1)} to ${((index + 1) / 10).toFixed(1)}`,
        String(bin.pairs),
        bin.pairs === 0 ? '–' : bin.meanScore.toFixed(3),
        bin.pairs === 0 ? '–' : bin.relevantShare.toFixed(3),
      ]),
    ),
    htmlTable(
      [`constant of the ${calibration.constantsOf}`, 'value'],
      Object.entries(constants).map(([name, value]) => [name, value.toFixed(4)]),
    ),
  ];
}

/** Flat: `loss.temperature`. */
function listSettings(settings: object, prefix = ''): string[][] {
  return Object.entries(settings).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? listSettings(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, String(value)]],
  );
}

function paragraphs(sentences: readonly string[]): string {
  return sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n');
}

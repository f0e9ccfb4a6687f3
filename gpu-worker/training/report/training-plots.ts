import { dot, line, link, ruleY, text, windowY } from '@observablehq/plot';
import type { CalibrationBin } from '#gpu-worker/calibration/measure-calibration.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { drawPlot } from '#gpu-worker/evaluation/report/draw-plot.ts';
import type { TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';

const widthPixels = 720;

/** Steps that the smooth line averages: a step sees a handful of queries, so that its own loss says little. */
const smoothedSteps = 10;

/** The loss of each step, and its mean over ten. */
export function plotLosses({ losses }: Pick<TrainingReport, 'losses'>): string {
  return drawPlot({
    width: widthPixels,
    height: 280,
    ariaLabel: 'Loss of each step',
    x: { label: 'step' },
    y: { label: 'loss', grid: true },
    marks: [
      line(losses, { x: 'step', y: 'loss', strokeOpacity: 0.3 }),
      line(
        losses,
        windowY({ k: smoothedSteps, reduce: 'mean' }, { x: 'step', y: 'loss', stroke: 'steelblue', strokeWidth: 2 }),
      ),
    ],
  });
}

/** The dev metric of each look, the base model's as a line across, and the look that was kept. */
export function plotLooks({ dev, devBase, keptStep }: Pick<TrainingReport, 'dev' | 'devBase' | 'keptStep'>): string {
  return drawPlot({
    width: widthPixels,
    height: 280,
    marginRight: 90,
    ariaLabel: `${decidingMetric} of the dev queries at each look`,
    x: { label: 'step' },
    y: { label: decidingMetric, grid: true, zero: false },
    marks: [
      ruleY([devBase], { strokeDasharray: '4 3' }),
      text([devBase], { y: (value: number) => value, text: () => 'base model', frameAnchor: 'right', dx: 80 }),
      line(dev, { x: 'step', y: 'metric', stroke: 'steelblue', marker: 'circle' }),
      dot(
        dev.filter(({ step }) => step === keptStep),
        { x: 'step', y: 'metric', r: 7, stroke: 'currentColor' },
      ),
    ],
  });
}

/** Tenths of the score: mean score against the share that is relevant; on the diagonal a score is a probability. The area of a dot goes with its pairs. */
export function plotCalibration(bins: readonly CalibrationBin[]): string {
  const filled = bins.filter(({ pairs }) => pairs > 0);
  return drawPlot({
    width: 420,
    height: 420,
    ariaLabel: 'Mean score against the share of relevant pairs',
    x: { label: 'score', domain: [0, 1], grid: true },
    y: { label: 'share of relevant pairs', domain: [0, 1], grid: true },
    r: { range: [0, 14] },
    marks: [
      link([0], { x1: 0, y1: 0, x2: 1, y2: 1, strokeDasharray: '4 3' }),
      dot(filled, { x: 'meanScore', y: 'relevantShare', r: 'pairs', fill: 'steelblue', fillOpacity: 0.6 }),
    ],
  });
}

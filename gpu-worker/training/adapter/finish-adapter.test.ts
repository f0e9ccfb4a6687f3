import { describe, expect, it } from 'vitest';
import type { MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import { finishAdapter } from '#gpu-worker/training/adapter/finish-adapter.ts';
import { initialAdapter } from '#gpu-worker/training/adapter/initial-adapter.ts';
import type { DevCalibration } from '#gpu-worker/training/dev/calibrate-on-dev.ts';
import type { DevComparison } from '#gpu-worker/training/judge-adapter.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import type { TrainingOutcome } from '#gpu-worker/training/train-adapter.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';

const settings = trainingSettingsSchema.parse({ method: 'soft-prompt' });
const { method, k, heads, filters, template } = settings;
const start = initialAdapter({
  config: {
    format: 'hintrank-adapter-1',
    method,
    k,
    heads,
    filters,
    template,
    residual: false,
    hintLocation: 'suffix',
    training: { settings },
  },
  hiddenSize: 4,
  seed: 0,
  meanSquaredNorm: 1,
  instruction: Float32Array.of(1, 2, 3, 4),
});
const data = { train: [], dev: [], corpus: new Map(), corpusSize: 12 };

const queryIds = ['a', 'b', 'c', 'd'];
const ndcg = (...values: number[]) => ({ queryIds, values: new Map([['nDCG@10', values]]) });

function comparison(meanDifference: number, interval: MetricComparison['interval'], better: boolean): DevComparison {
  const gain = { metric: 'nDCG@10', meanDifference, interval, tTest: null, wins: 3, losses: 1, ties: 0 };
  return { base: ndcg(0.5, 0.5, 0.25, 0.75), adapter: ndcg(0.5, 0.75, 0.5, 0.75), against: [gain], better };
}
const gain = comparison(0.0312, { low: 0.0101, high: 0.05 }, true);
const none = comparison(-0.01, { low: -0.03, high: 0.01 }, false);

const figures = { pairs: 40, logLoss: 0.2, expectedCalibrationError: 0.03, bins: [] };
const own: DevCalibration = { calibration: baseModelCalibration, logits: new Float64Array(40) };
const obstacle: DevCalibration = { calibration: null, obstacle: 'Too few.' };

function outcomeOf(changes: Partial<TrainingOutcome>): TrainingOutcome {
  return {
    file: writeAdapterFile(start, { storage: 'fp32' }),
    storage: 'fp16',
    keptStep: 20,
    losses: [{ step: 1, loss: 0.5, positiveNll: 2, tokens: 64 }],
    dev: [{ step: 0, metric: 0.5 }],
    alone: gain,
    blended: none,
    calibration: own,
    baseCalibration: baseModelCalibration,
    relevantPairs: 4,
    figures,
    ...changes,
  };
}
const finish = (
  changes: Partial<TrainingOutcome>,
  storage: 'fp16' | 'fp32' = 'fp16',
  lossOver: 'likelihood' | 'blended' = 'likelihood',
) =>
  finishAdapter(outcomeOf({ storage, ...changes }), { settings: { ...settings, lossOver }, data, dataName: 'sample' });

describe('the verdict of a run', () => {
  it.each([
    [
      {},
      'The adapter ranks better than the base model: +0.0312 nDCG@10 over the base model on 4 dev queries (95 % interval +0.0101 to +0.0500).',
    ],
    [
      { alone: none },
      'The dev queries do not show that the adapter ranks better than the base model: −0.0100 nDCG@10 over the base model on 4 dev queries (95 % interval −0.0300 to +0.0100).',
    ],
    [
      { alone: comparison(0, null, false), keptStep: 0 },
      'The dev queries do not show that the adapter ranks better than the base model: +0.0000 nDCG@10 over the base model on 4 dev queries. No step improved on the untrained adapter, which is what was kept.',
    ],
  ])('says what was shown, with its figures (%#)', (changes, verdict) => {
    expect(finish(changes).report.verdict).toBe(verdict);
  });

  it.each([
    [
      gain,
      'Blended, as the API orders, the adapter ranks better than the blended base model: +0.0312 nDCG@10 over the base model on 4 dev queries (95 % interval +0.0101 to +0.0500).',
    ],
    [
      none,
      'Blended, as the API orders, the dev queries do not show that the adapter ranks better: −0.0100 nDCG@10 over the base model on 4 dev queries (95 % interval −0.0300 to +0.0100).',
    ],
    [null, undefined],
  ])('says it for blended scores too (%#)', (blended, verdict) => {
    expect(finish({ blended }).report.blended?.verdict).toBe(verdict);
  });
});

describe('a run that is trained on the blended score', () => {
  it('is judged by the blended ranking, whatever the likelihoods say', () => {
    const { report } = finish({}, 'fp16', 'blended');
    expect(report).toMatchObject({ decidedBy: 'blended', better: false });
    expect(report.verdict).toMatch(/^Blended, as the API orders, the dev queries do not show/);
    expect(finish({ alone: none, blended: gain }, 'fp16', 'blended').report.better).toBe(true);
    expect(finish({ alone: none, blended: gain }).report).toMatchObject({ decidedBy: 'likelihood', better: false });
  });
});

describe('the finished adapter', () => {
  it('states its settings, data and verdict, but not the curves, which are the report’s', () => {
    const { file, report } = finish({}, 'fp32');
    const { config, softPrompt } = parseAdapterFile(file);
    const { losses, dev, ...summary } = report;
    expect(config.training).toEqual(summary);
    expect(summary).toMatchObject({ settings, keptStep: 20, better: true });
    expect(summary.data).toEqual({ name: 'sample', trainQueries: 0, devQueries: 4, documents: 12 });
    expect(summary.alone).toMatchObject({ base: 0.5, adapter: 0.625 });
    expect([losses, dev]).toEqual([outcomeOf({}).losses, outcomeOf({}).dev]);
    expect(softPrompt).toEqual(start.softPrompt);
  });

  it('carries the calibration that was fitted, and says what its figures are of', () => {
    const { file, report } = finish({});
    expect(parseAdapterFile(file).config.calibration).toEqual(baseModelCalibration);
    const { constants } = baseModelCalibration;
    expect(report.calibration).toEqual({ constantsOf: 'adapter', constants, queries: 4, relevantPairs: 4, ...figures });
    expect(report.calibrationNotes).toEqual([
      "The adapter's calibration is fitted on 4000 dev pairs, 185 of them relevant; the figures are of fits that had not seen the query, in five turns.",
    ]);
  });

  it('carries none where none could be fitted, and says why and what is used instead', () => {
    const { file, report } = finish({ calibration: obstacle });
    expect(parseAdapterFile(file).config.calibration).toBeUndefined();
    expect(report.calibration).toMatchObject({ constantsOf: 'base model', expectedCalibrationError: 0.03 });
    expect(report.calibrationNotes).toEqual([
      'Too few.',
      "The adapter carries no calibration; the base model's is used, here too.",
    ]);
  });

  it('says so where there are no constants at all, or none to compare with', () => {
    const nothing = finish({ calibration: obstacle, baseCalibration: null, figures: null, blended: null }).report;
    expect(nothing.calibration).toBeNull();
    expect(nothing.calibrationNotes[1]).toContain('scores of the adapter stay likelihoods');
    const alone = finish({ baseCalibration: null, blended: null }).report;
    expect(alone.calibrationNotes[1]).toContain('the blended rankings are not compared');
  });

  it('is the same bytes for the same outcome', () => {
    const [first, second] = [1, 2].map(() => finish({}).file);
    expect(first).toEqual(second);
  });
});

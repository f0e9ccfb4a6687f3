import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderTraining } from '#cli/output/render-training.ts';
import type { TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';
import { renderTrainingHtml } from '#gpu-worker/training/report/render-training-html.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';

const hostile = '<script>alert(1)</script>';
const metric = (name: string, meanDifference: number) => ({
  metric: name,
  meanDifference,
  tTest: { statistic: 2, degreesOfFreedom: 9, pValue: 0.04 },
  interval: { low: meanDifference - 0.01, high: meanDifference + 0.01 },
  wins: 5,
  losses: 2,
  ties: 3,
});
const comparison = (verdict: string, gain: number) => ({
  base: 0.6,
  adapter: 0.6 + gain,
  better: gain > 0.01,
  verdict,
  metrics: [metric('nDCG@10', gain), metric('MAP', gain / 2)],
});
const bin = (pairs: number, meanScore: number, relevantShare: number) => ({ pairs, meanScore, relevantShare });

const report: TrainingReport = {
  settings: trainingSettingsSchema.parse({ steps: 40 }),
  data: { name: `judged ${hostile}`, trainQueries: 320, devQueries: 10, documents: 900 },
  keptStep: 20,
  steps: 40,
  decidedBy: 'likelihood',
  better: true,
  verdict: 'Alone it is better.',
  signs: [{ sign: 'overfitting', sentence: 'Overfitting: the loss fell.' }],
  alone: comparison('Alone it is better.', 0.05),
  blended: comparison('Blended it may be chance.', 0.005),
  calibration: {
    constantsOf: 'adapter',
    constants: { intercept: -4.5, meanLogLikelihood: 1.6, queryLogLikelihood: -1.2, lexicalMatch: 3.1 },
    queries: 10,
    pairs: 100,
    relevantPairs: 12,
    logLoss: 0.2,
    expectedCalibrationError: 0.0312,
    bins: [bin(80, 0.03, 0.02), bin(0, 0, 0), bin(20, 0.27, 0.4)],
  },
  calibrationNotes: ['Fitted on 100 pairs.'],
  losses: Array.from({ length: 40 }, (_, index) => ({
    step: index + 1,
    loss: 2 - index / 40,
    positiveNll: 3,
    tokens: 100,
  })),
  devBase: 0.6,
  dev: [0, 20, 40].map((step) => ({ step, metric: 0.6 + (step === 20 ? 0.05 : 0.01) })),
};

describe('the page of a training', () => {
  const page = renderTrainingHtml(report);
  const { document } = parseHTML(page);
  const plot = (label: string) => document.querySelector(`svg[aria-label="${label}"]`);

  it('is one file: curves, intervals and calibration as drawings, no scripts, no links, text as text', () => {
    expect([...document.querySelectorAll('script, link, img')]).toEqual([]);
    expect(document.querySelector('h1')?.textContent).toBe(`retrieve adapter, trained on judged ${hostile}`);
    expect(document.querySelectorAll('svg[aria-label]')).toHaveLength(5);
    expect(page).not.toContain('NaN');
  });

  it('draws the base model’s line through the looks, a dot at the one that was kept, and a dot for each tenth with pairs', () => {
    const looks = plot('nDCG@10 of the dev queries at each look');
    expect(looks?.textContent).toContain('base model');
    expect(looks?.querySelectorAll('[aria-label="rule"] line')).toHaveLength(1);
    expect(looks?.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(1);
    const tenths = plot('Mean score against the share of relevant pairs');
    expect(tenths?.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(2);
  });

  it('says the verdicts, the gain alone and blended, the calibration and every setting', () => {
    const text = document.body.textContent ?? '';
    for (const said of [
      'Alone it is better.',
      'Blended it may be chance.',
      '0.6000 for the base model, 0.6500 for the adapter',
      '0.6000 for the base model, 0.6050 for the adapter',
      '[+0.0400, +0.0600]',
      'calibration error 0.0312',
      'Fitted on 100 pairs.',
      'Overfitting: the loss fell.',
      '320 training queries, 10 dev queries, 900 documents; 40 steps',
    ])
      expect(text).toContain(said);
    const cells = [...document.querySelectorAll('td')].map((cell) => cell.textContent);
    expect(cells.slice(cells.indexOf('loss.temperature'))[1]).toBe('0.2');
    for (const name of Object.keys(report.settings)) expect(text).toContain(name);
  });

  it('does without what there is not: no blend, no calibration, no step', () => {
    const { losses: _, ...rest } = report;
    const bare = renderTrainingHtml({ ...rest, losses: [], blended: null, calibration: null, keptStep: 0, steps: 0 });
    expect(bare).not.toContain('Blended it may be chance.');
    expect(bare).not.toContain('log loss');
    expect(bare).not.toContain('NaN');
  });
});

describe('the end of a training on the terminal', () => {
  it('has both rankings, both verdicts once, and where the reports are', () => {
    const text = renderTraining(report, 'out.safetensors');
    for (const verdict of ['Alone it is better.', 'Blended it may be chance.'])
      expect(text.split(verdict)).toHaveLength(2);
    expect(text).toContain('calibration error 0.0312, log loss 0.2000 nats over 100 dev pairs');
    expect(text).toContain('\nOverfitting: the loss fell.\n');
    expect(text).toContain('reports: out.safetensors.report.html and .json');
    const blended = renderTraining({ ...report, decidedBy: 'blended', verdict: 'Blended it may be chance.' }, 'o');
    for (const verdict of ['Alone it is better.', 'Blended it may be chance.'])
      expect(blended.split(verdict)).toHaveLength(2);
  });
});

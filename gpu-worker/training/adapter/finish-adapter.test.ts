import { describe, expect, it } from 'vitest';
import type { MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import { finishAdapter } from '#gpu-worker/training/adapter/finish-adapter.ts';
import { initialAdapter } from '#gpu-worker/training/adapter/initial-adapter.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import type { TrainingOutcome } from '#gpu-worker/training/train-adapter.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';

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

const gainOf = (meanDifference: number, interval: MetricComparison['interval']): MetricComparison => ({
  metric: 'nDCG@10',
  meanDifference,
  interval,
  tTest: null,
  wins: 3,
  losses: 1,
  ties: 0,
});

function outcomeOf(changes: Partial<TrainingOutcome>): TrainingOutcome {
  return {
    file: writeAdapterFile(start, { storage: 'fp32' }),
    bestStep: 20,
    losses: [{ step: 1, loss: 0.5, positiveNll: 2 }],
    dev: [{ step: 0, metric: 0.5 }],
    base: { queryIds: ['a', 'b', 'c', 'd'], values: new Map() },
    against: [gainOf(0.0312, { low: 0.0101, high: 0.05 })],
    better: true,
    ...changes,
  };
}

describe('the verdict of a run', () => {
  it.each([
    [
      {},
      'The adapter ranks better than the base model: +0.0312 nDCG@10 over the base model on 4 dev queries (95 % interval +0.0101 to +0.0500).',
    ],
    [
      { better: false, against: [gainOf(-0.01, { low: -0.03, high: 0.01 })] },
      'The dev queries do not show that the adapter ranks better than the base model: −0.0100 nDCG@10 over the base model on 4 dev queries (95 % interval −0.0300 to +0.0100).',
    ],
    [
      { better: false, bestStep: 0, against: [gainOf(0, null)] },
      'The dev queries do not show that the adapter ranks better than the base model: +0.0000 nDCG@10 over the base model on 4 dev queries. No step improved on the untrained adapter, which is what was kept.',
    ],
  ])('says what was shown, with its figures (%#)', (changes, verdict) => {
    expect(finishAdapter(outcomeOf(changes), settings, data, 'fp16').report.verdict).toBe(verdict);
  });
});

describe('the finished adapter', () => {
  it('states its settings, data and verdict, but not the curves, which are the report’s', () => {
    const { file, report } = finishAdapter(outcomeOf({}), settings, data, 'fp32');
    const { config, softPrompt } = parseAdapterFile(file);
    const { losses, dev, ...summary } = report;
    expect(config.training).toEqual(summary);
    expect(summary).toMatchObject({ settings, bestStep: 20, better: true });
    expect(summary.data).toEqual({ trainQueries: 0, devQueries: 4, documents: 12 });
    expect([losses, dev]).toEqual([outcomeOf({}).losses, outcomeOf({}).dev]);
    expect(softPrompt).toEqual(start.softPrompt);
  });

  it('is the same bytes for the same outcome', () => {
    const [first, second] = [1, 2].map(() => finishAdapter(outcomeOf({}), settings, data, 'fp16').file);
    expect(first).toEqual(second);
  });
});

import { describe, expect, it } from 'vitest';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';

describe('training settings', () => {
  it('are the measured preset where nothing is said', () => {
    expect(trainingSettingsSchema.parse({})).toEqual({
      method: 'retrieve',
      k: 10,
      heads: 2,
      filters: 'd',
      template: 'clean-1',
      loss: { kind: 'listwise', temperature: 0.2, pointwiseWeight: 0.1 },
      lossOver: 'likelihood',
      learningRate: 3e-4,
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-8,
      weightDecay: 0.01,
      warmUpSteps: 10,
      steps: 170,
      gradientNormMax: 1,
      queriesPerStep: 5,
      negativesPerQuery: 3,
      attentionDropout: 0.1,
      inBatchNegatives: false,
      maxTokensPerDoc: 160,
      evaluateEvery: 50,
      keep: 'one-standard-error',
      patience: 5,
      devQueries: 100,
      devDepth: 10,
      hintChoice: 'similar',
      hintOrder: 'similarity',
      seed: 0,
    });
  });

  it('fill in the paper’s weights for the pairwise loss', () => {
    const { loss } = trainingSettingsSchema.parse({ loss: { kind: 'pairwise' } });
    expect(loss).toEqual({ kind: 'pairwise', margin: 0, pairwiseWeight: 1, pointwiseWeight: 1 });
  });

  it.each([
    ['learningRate', 0],
    ['learningRate', 1.5],
    ['beta2', 1],
    ['steps', 0],
    ['steps', 1.5],
    ['k', 1_001],
    ['queriesPerStep', 65],
    ['negativesPerQuery', 0],
    ['attentionDropout', 0.95],
    ['devDepth', 1],
    ['seed', -1],
    ['filters', 'dd'],
    ['template', 'mine'],
    ['gradientNormMax', Number.NaN],
    ['epsilon', 0],
  ])('refuse %s %s, naming the field', (field, value) => {
    const parsed = trainingSettingsSchema.safeParse({ [field]: value });
    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([[field]]);
  });

  it.each([
    { loss: { kind: 'listwise', margin: 1 } },
    { loss: { kind: 'pairwise', temperature: 1 } },
    { loss: { kind: 'listwise', temperature: 0 } },
    { learningrate: 1e-3 },
  ])('refuse %j: a setting that is not known would be lost in silence', (settings) => {
    expect(trainingSettingsSchema.safeParse(settings).success).toBe(false);
  });
});

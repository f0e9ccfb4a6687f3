import { describe, expect, it } from 'vitest';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { type DevSet, listDevPairs } from '#gpu-worker/training/dev/dev-set.ts';
import { type BlendSources, judgeAdapter } from '#gpu-worker/training/judge-adapter.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

/** Five candidates a query; the third is relevant, and no document shares a word with a query but the fourth. */
const exampleOf = (_: unknown, index: number): TrainingExample => ({
  queryId: `q${index}`,
  query: 'marmalade',
  positives: ['d2'],
  hardNegatives: [],
  candidates: [0, 1, 2, 3, 4].map((place) => ({ documentId: `d${place}`, score: 5 - place })),
});
const devOf = (queries: number): DevSet => ({
  examples: Array.from({ length: queries }, exampleOf),
  depth: 5,
  textsOf: ({ query }, documentId) => ({ query, documentId, document: documentId === 'd3' ? 'marmalade' : 'bread' }),
  lexicalOffset: null,
});

const origin = {
  data: 'made-up',
  split: 'dev',
  maxTokensPerDoc: 160,
  precision: 'fp32',
  template: 'clean-1',
  modelFingerprint: 'a'.repeat(64),
} as const;
const shipped: BlendSources = { origin, base: baseModelCalibration, withFirstStage: false };

/** Log-likelihoods [pairs] with noise, `lift` nats higher for the relevant document. */
function scoresOf(dev: DevSet, lift: number, seed: number): Float64Array {
  const normal = seededNormal(seed);
  return Float64Array.from(
    listDevPairs(dev),
    ({ documentId }) => -4 + 0.5 * normal() + (documentId === 'd2' ? lift : 0),
  );
}

function judge(queries: number, lift: number, blend: BlendSources, baseLift = 0) {
  const dev = devOf(queries);
  const looks = {
    adapter: scoresOf(dev, lift, 1),
    base: scoresOf(dev, baseLift, 2),
    queryLogLikelihoods: new Map(dev.examples.map(({ queryId }) => [queryId, -5])),
  };
  return judgeAdapter(dev, looks, blend, 0);
}

describe('judgeAdapter', () => {
  it('shows a gain alone and blended, with constants of the adapter’s own', () => {
    const { alone, blended, calibration, figures, relevantPairs } = judge(60, 2, shipped);
    expect([alone.better, blended?.better]).toEqual([true, true]);
    expect(calibration.calibration?.fittedOn).toEqual({ ...origin, queries: 60, pairs: 300, relevantPairs: 60 });
    expect(calibration.calibration?.constants.meanLogLikelihood).toBeGreaterThan(0);
    // The word that the fourth document shares with the query tells that it is not relevant.
    expect(calibration.calibration?.constants.lexicalMatch).toBeLessThan(0);
    expect(calibration.calibration?.constantsWithFirstStage).toBeUndefined();
    expect(figures?.pairs).toBe(300);
    expect(figures?.expectedCalibrationError).toBeLessThan(0.1);
    expect(relevantPairs).toBe(60);
  });

  it('fits BM25’s score beside the rest when asked, and compares without it all the same', () => {
    const { calibration, blended } = judge(60, 2, { ...shipped, withFirstStage: true });
    expect(calibration.calibration?.constantsWithFirstStage?.firstStageScore).toBeTypeOf('number');
    expect(blended).toEqual(judge(60, 2, shipped).blended);
  });

  it('keeps the base model’s constants where relevant pairs are few, and says how few', () => {
    const { calibration, blended, figures } = judge(39, 2, shipped);
    expect(calibration).toEqual({
      calibration: null,
      obstacle: 'A calibration needs at least 40 relevant pairs and some that are not; 39 of 195 are relevant.',
    });
    // The shipped constants put the fourth document first, whatever the likelihoods of the base model say.
    expect(Math.max(...(blended?.base.values.get('MRR@10') ?? []))).toBe(0.5);
    expect(figures?.pairs).toBe(195);
  });

  it('refuses constants that would put the less likely document first', () => {
    const { calibration } = judge(60, -2, shipped);
    expect(calibration).toMatchObject({
      calibration: null,
      obstacle: expect.stringMatching(/^The fit gives the likelihood the weight -\d\.\d{4}, which is not positive\.$/),
    });
  });

  it('fits the base model’s constants too where it has none, and compares nothing where neither can be fitted', () => {
    const unknown = { ...shipped, base: null };
    const many = judge(60, 2, unknown, 0.5);
    expect(many.calibration.calibration).not.toBeNull();
    expect(many.blended?.better).toBe(true);
    const few = judge(10, 2, unknown);
    expect([few.blended, few.figures, few.calibration.calibration]).toEqual([null, null, null]);
    expect(few.alone.better).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { blendRun } from '#gpu-worker/calibration/blend-run.ts';
import { crossFitLogits } from '#gpu-worker/calibration/cross-fit-logits.ts';
import { fitCalibration } from '#gpu-worker/calibration/fit-calibration.ts';
import { fitConstants } from '#gpu-worker/calibration/fit-constants.ts';
import { judgePairs } from '#gpu-worker/calibration/judge-pairs.ts';
import { measureCalibration } from '#gpu-worker/calibration/measure-calibration.ts';
import { type PairFeatures, pairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import { type Calibration, calibrationSchema } from '#shared/calibration/calibration.ts';

const origin = {
  data: 'made-up',
  split: 'train',
  date: '2026-11-23',
  maxTokensPerDoc: 160,
  precision: 'int8',
  template: 'clean-1',
  modelFingerprint: 'a'.repeat(64),
} as const;

/** A number in (0, 1) that looks random and is the same every time. */
const spread = (index: number, step: number): number => (index * step) % 1;

/** Pairs whose relevance is drawn from the blend of `constants`, so that a fit has something to find. */
function drawPairs(queries: number, constants: Calibration['constants'], firstStage: boolean) {
  const judgements = new Map<string, Map<string, number>>();
  const pairs: PairFeatures[] = [];
  for (let index = 0; index < queries * 20; index += 1) {
    const queryId = `q${Math.floor(index / 20)}`;
    const features = {
      meanLogLikelihood: -6 * spread(index, 0.6180339887),
      queryLogLikelihood: -3 - 4 * spread(Math.floor(index / 20), 0.7548776662),
      lexicalMatch: 1.8 * spread(index, 0.5698402909),
      ...(firstStage ? { firstStageScore: 20 * spread(index, 0.4142135623) } : {}),
    };
    const logit =
      constants.intercept +
      constants.meanLogLikelihood * features.meanLogLikelihood +
      constants.queryLogLikelihood * features.queryLogLikelihood +
      constants.lexicalMatch * features.lexicalMatch;
    const relevant = spread(index, 0.3247179572) < 1 / (1 + Math.exp(-logit));
    const judged = judgements.get(queryId) ?? new Map<string, number>();
    judgements.set(queryId, judged.set(`d${index}`, relevant ? 1 : 0));
    pairs.push({ queryId, documentId: `d${index}`, features });
  }
  return { pairs, judgements };
}

const truth = { intercept: -6, meanLogLikelihood: 2, queryLogLikelihood: -1.5, lexicalMatch: 3 };

describe('fitCalibration', () => {
  it('finds the constants that the judgements were drawn from, and says what it was fitted on', () => {
    const { pairs, judgements } = drawPairs(1_000, truth, false);
    const calibration = fitCalibration(pairs, judgements, origin);
    for (const name of Object.keys(truth) as (keyof typeof truth)[]) {
      expect(Math.abs(calibration.constants[name] - truth[name])).toBeLessThan(0.25);
    }
    expect(calibration.constantsWithFirstStage).toBeUndefined();
    expect(calibration.fittedOn).toMatchObject({ ...origin, queries: 1_000, pairs: 20_000 });
    expect(calibrationSchema.parse(calibration)).toEqual(calibration);
  });

  it('fits the first stage beside the rest where every pair has its score', () => {
    const { pairs, judgements } = drawPairs(200, truth, true);
    const calibration = fitCalibration(pairs, judgements, origin);
    // The judgements do not depend on it, so it gets next to nothing.
    expect(Math.abs(calibration.constantsWithFirstStage?.firstStageScore ?? 1)).toBeLessThan(0.05);
    const { firstStageScore: _, ...without } = pairs[0]?.features ?? { firstStageScore: 0 };
    const mixed = [...pairs.slice(1), { queryId: 'q0', documentId: 'd0', features: without } as PairFeatures];
    expect(fitCalibration(mixed, judgements, origin).constantsWithFirstStage).toBeUndefined();
  });

  it('may leave out the date, as a run must that gives the same bytes on another day', () => {
    const { pairs, judgements } = drawPairs(200, truth, false);
    const { date: _, ...dateless } = origin;
    const calibration = fitCalibration(pairs, judgements, dateless);
    expect(calibrationSchema.parse(calibration)).toEqual(calibration);
  });

  it('refuses too few relevant pairs, with the count', () => {
    const { pairs } = drawPairs(3, truth, false);
    expect(() => fitCalibration(pairs, new Map(), origin)).toThrow(
      'A calibration needs at least 40 relevant pairs and some that are not; 0 of 60 are relevant.',
    );
  });
});

describe('crossFitLogits', () => {
  it('blends each query with constants that the other queries gave', () => {
    const { pairs, judgements } = drawPairs(10, truth, false);
    const relevant = judgePairs(pairs, judgements);
    const logits = crossFitLogits(pairs, relevant);
    const isOthers = pairs.map(({ queryId }) => queryId !== 'q2' && queryId !== 'q7');
    const others = fitConstants(
      pairs.filter((_, index) => isOthers[index]),
      relevant.filter((_, index) => isOthers[index]),
    );
    for (const [index, { queryId, features }] of pairs.entries())
      if (queryId === 'q2' || queryId === 'q7') expect(logits?.[index]).toBe(blendedLogit(features, others));
  });

  it('does not see the judgements of a pair’s own query', () => {
    const { pairs, judgements } = drawPairs(10, truth, false);
    const relevant = judgePairs(pairs, judgements);
    const turned = relevant.map((label, index) => (pairs[index]?.queryId === 'q2' ? !label : label));
    const ofQuery = (logits: Float64Array | null) =>
      pairs.flatMap(({ queryId }, index) => (queryId === 'q2' ? [logits?.[index]] : []));
    expect(ofQuery(crossFitLogits(pairs, turned))).toEqual(ofQuery(crossFitLogits(pairs, relevant)));
    expect(crossFitLogits(pairs, turned)).not.toEqual(crossFitLogits(pairs, relevant));
  });

  it('is null where a fold leaves nothing relevant', () => {
    const { pairs } = drawPairs(6, truth, false);
    expect(
      crossFitLogits(
        pairs,
        pairs.map(({ queryId }) => queryId === 'q3'),
      ),
    ).toBeNull();
    expect(crossFitLogits([], [])).toHaveLength(0);
  });
});

describe('measureCalibration', () => {
  const calibration: Calibration = {
    format: 'hintrank-calibration-1',
    constants: { intercept: 0, meanLogLikelihood: 1, queryLogLikelihood: 0, lexicalMatch: 0 },
    fittedOn: { ...origin, queries: 1, pairs: 1, relevantPairs: 1 },
  };
  const pair = (documentId: string, logit: number): PairFeatures => ({
    queryId: 'q',
    documentId,
    features: { meanLogLikelihood: logit, queryLogLikelihood: -5, lexicalMatch: 0 },
  });

  it('is what one gets by hand', () => {
    // Scores 0.25, 0.25 and 0.75; the first and the last are relevant.
    const pairs = [pair('a', -Math.log(3)), pair('b', -Math.log(3)), pair('c', Math.log(3))];
    const judgements = new Map([['q', new Map(Object.entries({ a: 1, b: 0, c: 2 }))]]);
    const figures = measureCalibration(pairs, judgements, calibration);
    expect(figures.expectedCalibrationError).toBeCloseTo((2 * 0.25 + 1 * 0.25) / 3, 12);
    expect(figures.logLoss).toBeCloseTo((Math.log(4) + 2 * Math.log(4 / 3)) / 3, 12);
    expect(figures.bins.map(({ pairs: count }) => count)).toEqual([0, 0, 2, 0, 0, 0, 0, 1, 0, 0]);
    expect(figures.bins[2]).toMatchObject({ relevantShare: 0.5 });
  });

  it('is near 0 for scores that the judgements were drawn from, and far from it for others', () => {
    const { pairs, judgements } = drawPairs(500, truth, false);
    const right = { ...calibration, constants: truth };
    const wrong = { ...calibration, constants: { ...truth, intercept: truth.intercept + 2 } };
    expect(measureCalibration(pairs, judgements, right).expectedCalibrationError).toBeLessThan(0.02);
    expect(measureCalibration(pairs, judgements, wrong).expectedCalibrationError).toBeGreaterThan(0.1);
  });

  it('takes scores at the very ends without a number that is not finite', () => {
    const judgements = new Map([['q', new Map(Object.entries({ a: 1, b: 0 }))]]);
    const figures = measureCalibration([pair('a', -2_000), pair('b', 2_000)], judgements, calibration);
    expect(figures).toMatchObject({ logLoss: 2_000, expectedCalibrationError: 1 });
  });

  it('goes with a run in the order of its scores', () => {
    const run = blendRun([pair('a', -2), pair('b', 3), pair('c', 0)], calibration);
    expect(run.get('q')?.map(({ documentId, score }) => [documentId, score])).toEqual([
      ['b', 3],
      ['c', 0],
      ['a', -2],
    ]);
  });
});

describe('pairFeatures', () => {
  const score = { meanLogLikelihood: -2, targetIds: [], targetLogLikelihoods: new Float32Array(), documentTokens: 1 };
  const engine = { queryLogLikelihood: ({ query }: { query: string }) => Promise.resolve(-query.length) };

  it('adds the likelihood of each query, asked once, and the first stage’s score', async () => {
    const scored = (documentId: string) => ({ documentId, score: { ...score, truncated: false, lexicalMatch: 0.5 } });
    const pairs = new Map([
      ['q1', [scored('a'), scored('b')]],
      ['q2', [scored('a')]],
    ]);
    const queries = new Map(Object.entries({ q1: 'abc', q2: 'abcde' }));
    const firstStage = new Map([['q1', [{ documentId: 'b', score: 7 }]]]);
    const features = await pairFeatures(engine, { pairs, queries, template: 'clean-1', firstStage });
    expect(features.map((pair) => [pair.queryId, pair.documentId, pair.features.firstStageScore])).toEqual([
      ['q1', 'a', undefined],
      ['q1', 'b', 7],
      ['q2', 'a', undefined],
    ]);
    expect(features.map((pair) => pair.features.queryLogLikelihood)).toEqual([-3, -3, -5]);
    expect(features[0]?.features).toMatchObject({ meanLogLikelihood: -2, lexicalMatch: 0.5 });
  });

  it('refuses pairs that were scored from token ids', async () => {
    const pairs = new Map([['q', [{ documentId: 'a', score: { ...score, truncated: false } }]]]);
    await expect(pairFeatures(engine, { pairs, queries: new Map(), template: 'clean-1' })).rejects.toThrow(
      'q, a was scored without its text',
    );
  });
});

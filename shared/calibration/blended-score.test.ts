import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';

const constants = { intercept: -6, meanLogLikelihood: 2.4, queryLogLikelihood: -2.1, lexicalMatch: 4.9 };
const features = { meanLogLikelihood: -1.5, queryLogLikelihood: -5, lexicalMatch: 0.8 };
const withFirstStage = { constants, constantsWithFirstStage: { ...constants, intercept: -7, firstStageScore: 0.1 } };

describe('blendedLogit', () => {
  it('is the weighted sum', () => {
    expect(blendedLogit(features, { constants })).toBeCloseTo(-6 - 3.6 + 10.5 + 3.92, 12);
  });

  it('uses the constants with a first stage for documents that have its score only', () => {
    expect(blendedLogit({ ...features, firstStageScore: 20 }, withFirstStage)).toBeCloseTo(5.82, 12);
    expect(blendedLogit(features, withFirstStage)).toBe(blendedLogit(features, { constants }));
    expect(blendedLogit({ ...features, firstStageScore: 20 }, { constants })).toBe(
      blendedLogit(features, { constants }),
    );
  });

  it('keeps documents of a query in the same order whatever the query’s own likelihood', () => {
    const pair = fc.record({
      meanLogLikelihood: fc.double({ min: -12, max: 0, noNaN: true }),
      lexicalMatch: fc.double({ min: 0, max: 1.9, noNaN: true }),
    });
    fc.assert(
      fc.property(pair, pair, fc.double({ min: -12, max: 0, noNaN: true }), (left, right, queryLogLikelihood) => {
        const difference = (query: number) =>
          blendedLogit({ ...left, queryLogLikelihood: query }, { constants }) -
          blendedLogit({ ...right, queryLogLikelihood: query }, { constants });
        expect(difference(queryLogLikelihood)).toBeCloseTo(difference(0), 10);
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a feature that is %d', (lexicalMatch) => {
    expect(() => blendedLogit({ ...features, lexicalMatch }, { constants })).toThrow('a feature is not finite');
  });
});

describe('probabilityOfLogit', () => {
  it('is the logistic function', () => {
    expect(probabilityOfLogit(0)).toBe(0.5);
    expect(probabilityOfLogit(Math.log(3))).toBeCloseTo(0.75, 15);
    expect(probabilityOfLogit(-Math.log(3))).toBeCloseTo(0.25, 15);
  });

  it('stays inside (0, 1) for every finite number and never falls', () => {
    const logit = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(logit, logit, (left, right) => {
        const [low, high] = [Math.min(left, right), Math.max(left, right)];
        expect(probabilityOfLogit(low)).toBeGreaterThan(0);
        expect(probabilityOfLogit(high)).toBeLessThan(1);
        expect(probabilityOfLogit(low)).toBeLessThanOrEqual(probabilityOfLogit(high));
      }),
    );
  });

  it('tells apart what differs in the tenth decimal, over the whole range of real pairs', () => {
    for (let logit = -20; logit <= 10; logit += 1) {
      expect(probabilityOfLogit(logit)).not.toBe(probabilityOfLogit(logit + 1e-10));
    }
  });
});

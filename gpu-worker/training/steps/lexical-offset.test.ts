import { describe, expect, it } from 'vitest';
import { createLexicalOffset } from '#gpu-worker/training/steps/lexical-offset.ts';
import { matchTexts } from '#gpu-worker/training/steps/match-texts.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';

const textsOf = (document: string) => ({ query: 'Where does the fox sleep?', documentId: 'd', document });
const withWeight = (meanLogLikelihood: number) => ({
  ...baseModelCalibration,
  constants: { ...baseModelCalibration.constants, meanLogLikelihood },
});

describe('createLexicalOffset', () => {
  it('makes differences between documents those of the blended log-odds, in nats per token', () => {
    const offset = createLexicalOffset(baseModelCalibration);
    const documents = [
      { texts: textsOf('The fox sleeps in a den; a fox may sleep anywhere.'), meanLogLikelihood: -3.5 },
      { texts: textsOf('Bears eat honey.'), meanLogLikelihood: -2.25 },
      { texts: textsOf('A fox.'), meanLogLikelihood: -4 },
    ];
    const rows = documents.map(({ texts, meanLogLikelihood }) => {
      const features = { meanLogLikelihood, queryLogLikelihood: -5, lexicalMatch: matchTexts(texts) };
      return { score: meanLogLikelihood + offset(texts), logit: blendedLogit(features, baseModelCalibration) };
    });
    const weight = baseModelCalibration.constants.meanLogLikelihood;
    for (const { score, logit } of rows) {
      expect((logit - (rows[0]?.logit ?? 0)) / weight).toBeCloseTo(score - (rows[0]?.score ?? 0), 12);
    }
    expect(offset(textsOf('Bears eat honey.'))).toBe(0);
    expect(offset(textsOf('A fox.'))).toBeGreaterThan(0.5);
  });

  it('refuses a model without constants, saying where they come from', () => {
    expect(() => createLexicalOffset(null)).toThrow(
      'There are no calibration constants for this model, so there is no blended score to train on; `hintrank calibrate` fits them, --calibration reads them.',
    );
  });

  it.each([0, -1.5])('refuses a weight of the likelihood of %d', (weight) => {
    expect(() => createLexicalOffset(withWeight(weight))).toThrow(
      `The calibration gives the likelihood the weight ${weight}; training on the blended score needs a positive one.`,
    );
  });
});

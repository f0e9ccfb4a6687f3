import type { Calibration } from '#shared/calibration/calibration.ts';

/**
 * The default model's constants, rounded to four decimals, by
 * `hintrank calibrate --data squad-passages --split train --held-out-split dev` on 2026-11-23 (BM25's top 20, int8, seed 0, ridge 1).
 * Fitted: nDCG@10 .930 by likelihood, .953 blended, log loss .066 nats, calibration error .004; on 100 held-out queries of other articles .788, .819,
 * .143 and .040. On other data: docs/decisions/0013-blended-score.md.
 */
export const baseModelCalibration: Calibration = {
  format: 'hintrank-calibration-1',
  constants: {
    intercept: -8.2719,
    meanLogLikelihood: 1.7525,
    queryLogLikelihood: -1.6892,
    lexicalMatch: 7.633,
  },
  fittedOn: {
    data: 'squad-passages',
    split: 'train',
    date: '2026-11-23',
    queries: 200,
    pairs: 4_000,
    relevantPairs: 196,
    maxTokensPerDoc: 160,
    precision: 'int8',
    template: 'clean-1',
    modelFingerprint: '8c6968ebcb662763875103cb4797e1c665e8b87dc2ce21f4c8959f27250f0541',
  },
};

/** Constants for a base model without any of its own; null for a model that nobody has fitted them for. */
export function findBaseCalibration(modelFingerprint: string): Calibration | null {
  return baseModelCalibration.fittedOn.modelFingerprint === modelFingerprint ? baseModelCalibration : null;
}

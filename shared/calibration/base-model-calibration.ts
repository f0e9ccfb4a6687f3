import type { Calibration } from '#shared/calibration/calibration.ts';

/**
 * The default model's constants, rounded to four decimals, as
 * `hintrank calibrate --data squad-passages --split dev --held-out-split train --queries 200 --held-out-queries 50` gave them on 2026-11-23 (BM25's top
 * 20, int8, seed 0, ridge 1). The dev split, because the word table was counted on the training split's passages, which a fit on them takes for better
 * than it is. Fitted pairs: nDCG@10 .796 by likelihood, .853 blended, log loss .105 nats, calibration error .010; 50 held-out queries: .918, .943, .085
 * and .020. On test sets: docs/decisions/0013-blended-score.md.
 */
export const baseModelCalibration: Calibration = {
  format: 'hintrank-calibration-1',
  constants: {
    intercept: -4.5739,
    meanLogLikelihood: 1.6287,
    queryLogLikelihood: -1.1842,
    lexicalMatch: 3.0684,
  },
  fittedOn: {
    data: 'squad-passages',
    split: 'dev',
    date: '2026-11-23',
    queries: 200,
    pairs: 4_000,
    relevantPairs: 185,
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

import { judgePairs } from '#gpu-worker/calibration/judge-pairs.ts';
import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import type { Judgements } from '#gpu-worker/evaluation/trec-run.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import type { TravellingCalibration } from '#shared/calibration/calibration.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';

/** Pairs whose scores lie in one tenth of (0, 1). */
export interface CalibrationBin {
  readonly pairs: number;
  /** Mean score, and share of relevant pairs; equal where scores are probabilities. 0 for an empty bin. */
  readonly meanScore: number;
  readonly relevantShare: number;
}

export interface CalibrationFigures {
  readonly pairs: number;
  /** Mean of −log p(judgement), nats. */
  readonly logLoss: number;
  /** Mean over the pairs of |mean score − share of relevant pairs| of their bin, in [0, 1]. */
  readonly expectedCalibrationError: number;
  /** Ten, from the lowest scores. */
  readonly bins: readonly CalibrationBin[];
}

const binCount = 10;

/** How well blended scores are probabilities of relevance on judged pairs. */
export function measureCalibration(
  pairs: readonly PairFeatures[],
  judgements: Judgements,
  calibration: TravellingCalibration,
): CalibrationFigures {
  const logits = Float64Array.from(pairs, ({ features }) => blendedLogit(features, calibration));
  return measureLogits(logits, judgePairs(pairs, judgements));
}

/** How well log-odds hold for pairs of which these are relevant. */
export function measureLogits(logits: Float64Array, relevant: readonly boolean[]): CalibrationFigures {
  const rows = relevant.map((label, index) => ({ logit: logits[index] ?? Number.NaN, relevant: label }));
  const members = Array.from({ length: binCount }, (_, bin) =>
    rows.filter(({ logit }) => Math.floor(probabilityOfLogit(logit) * binCount) === bin),
  );
  const bins = members.map((inside): CalibrationBin => {
    const share = (sum: number) => (inside.length === 0 ? 0 : sum / inside.length);
    return {
      pairs: inside.length,
      meanScore: share(inside.reduce((sum, { logit }) => sum + probabilityOfLogit(logit), 0)),
      relevantShare: share(inside.filter(({ relevant }) => relevant).length),
    };
  });
  const misjudged = bins.reduce((sum, bin) => sum + bin.pairs * Math.abs(bin.meanScore - bin.relevantShare), 0);
  return {
    pairs: rows.length,
    logLoss: rows.reduce((sum, { logit, relevant }) => sum + surprise(relevant ? logit : -logit), 0) / rows.length,
    expectedCalibrationError: misjudged / rows.length,
    bins,
  };
}

/** −log(1 / (1 + exp(−logit))), without overflow. */
function surprise(logit: number): number {
  return Math.max(-logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));
}

import type { FitOrigin } from '#gpu-worker/calibration/fit-calibration.ts';
import { judgePairs } from '#gpu-worker/calibration/judge-pairs.ts';
import { type CalibrationFigures, measureLogits } from '#gpu-worker/calibration/measure-calibration.ts';
import type { PairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { compareMeasures, type MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import type { MeasuredRun } from '#gpu-worker/evaluation/measure-run.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { resamplesDefault } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import { calibrateOnDev, type DevCalibration } from '#gpu-worker/training/dev/calibrate-on-dev.ts';
import { addFirstStage, devFeatures } from '#gpu-worker/training/dev/dev-features.ts';
import type { DevSet } from '#gpu-worker/training/dev/dev-set.ts';
import { judgeDev, measureDev } from '#gpu-worker/training/dev/measure-dev.ts';
import { blendedLogit } from '#shared/calibration/blended-score.ts';
import type { Calibration, TravellingCalibration } from '#shared/calibration/calibration.ts';

/** A ranking of the dev queries by the adapter, held against one by the base model. */
export interface DevComparison {
  readonly base: MeasuredRun;
  readonly adapter: MeasuredRun;
  readonly against: readonly MetricComparison[];
  /** Whether the whole 95 % interval of the gain in nDCG@10 lies above zero. */
  readonly better: boolean;
}

export interface AdapterJudgement {
  /** By likelihood alone. */
  readonly alone: DevComparison;
  /** By blended scores; null where there are no constants to blend with. */
  readonly blended: DevComparison | null;
  /** The adapter's own constants, or why it has none. */
  readonly calibration: DevCalibration;
  /** Null where nobody has fitted any. */
  readonly baseCalibration: Calibration | null;
  readonly relevantPairs: number;
  /** How well the adapter's blended scores are probabilities; null where it has neither its own constants nor the base model's. */
  readonly figures: CalibrationFigures | null;
}

/** Where constants come from. */
export interface BlendSources {
  readonly origin: FitOrigin;
  /** The base model's constants; null where nobody has fitted any. */
  readonly base: Calibration | null;
  /** Fit constants for documents that bring BM25's score, too. */
  readonly withFirstStage: boolean;
}

/** Looks at the dev pairs: mean log-likelihoods [pairs] under either, and the queries' own. */
export interface JudgedLooks {
  readonly adapter: Float64Array;
  readonly base: Float64Array;
  readonly queryLogLikelihoods: ReadonlyMap<string, number>;
}

/**
 * The adapter against the base model on the dev queries, alone and blended. Blended, each has the constants that it will be served with: the adapter its
 * own, which are fitted here, and the base model those it has. What is fitted here orders only queries that the fit has not seen.
 */
export function judgeAdapter(dev: DevSet, looks: JudgedLooks, blend: BlendSources, seed: number): AdapterJudgement {
  const { origin, base, withFirstStage } = blend;
  const judgements = judgeDev(dev.examples);
  const ofAdapter = devFeatures(dev, looks.adapter, looks.queryLogLikelihoods);
  const ofBase = devFeatures(dev, looks.base, looks.queryLogLikelihoods);
  const compare = (adapter: Float64Array, other: Float64Array) => compareOnDev(dev, adapter, other, seed);
  const toFit = withFirstStage ? addFirstStage(dev, ofAdapter) : ofAdapter;
  const calibration = calibrateOnDev(ofAdapter, toFit, judgements, origin);
  const adapterLogits = logitsOf(calibration) ?? (base && blendAll(ofAdapter, base));
  const baseLogits = base ? blendAll(ofBase, base) : logitsOf(calibrateOnDev(ofBase, ofBase, judgements, origin));
  const relevant = judgePairs(ofAdapter, judgements);
  return {
    alone: compare(looks.adapter, looks.base),
    blended: adapterLogits && baseLogits && compare(adapterLogits, baseLogits),
    calibration,
    baseCalibration: base,
    relevantPairs: relevant.filter(Boolean).length,
    figures: adapterLogits && measureLogits(adapterLogits, relevant),
  };
}

function compareOnDev(dev: DevSet, adapterScores: Float64Array, baseScores: Float64Array, seed: number): DevComparison {
  const [adapter, base] = [measureDev(dev, adapterScores), measureDev(dev, baseScores)];
  const against = compareMeasures(adapter, base, { seed, resamples: resamplesDefault }).metrics;
  const gain = against.find(({ metric }) => metric === decidingMetric);
  return { base, adapter, against, better: (gain?.interval?.low ?? 0) > 0 };
}

function logitsOf(fitted: DevCalibration): Float64Array | null {
  return fitted.calibration === null ? null : fitted.logits;
}

function blendAll(features: readonly PairFeatures[], calibration: TravellingCalibration): Float64Array {
  return Float64Array.from(features, (pair) => blendedLogit(pair.features, calibration));
}

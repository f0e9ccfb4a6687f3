import { blendRun } from '#gpu-worker/calibration/blend-run.ts';
import { type FitOrigin, fitCalibration } from '#gpu-worker/calibration/fit-calibration.ts';
import type { JudgedRun } from '#gpu-worker/calibration/load-judged-run.ts';
import { type CalibrationFigures, measureCalibration } from '#gpu-worker/calibration/measure-calibration.ts';
import { type PairFeatures, pairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { type ScoredPairs, scoreRunPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import { summariseRun } from '#gpu-worker/evaluation/summarise-run.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

export interface CalibrateOptions {
  readonly fit: JudgedRun;
  /** Queries that the fit does not see; the figures that count. */
  readonly heldOut: JudgedRun;
  readonly origin: Pick<FitOrigin, 'data' | 'split' | 'date'>;
  readonly template: TemplateName;
  readonly adapterDigest?: string;
  readonly maxTokensPerDoc: number;
  readonly withTitle: boolean;
  readonly withFirstStage: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (scoredPairs: number, totalPairs: number) => void;
}

/** nDCG@10 of three rankings of the same candidates, and how well the blended scores are probabilities. */
export interface BlendFigures extends CalibrationFigures {
  readonly queries: number;
  readonly firstStageNdcg: number;
  readonly likelihoodNdcg: number;
  readonly blendedNdcg: number;
}

export interface CalibrationReport {
  readonly calibration: Calibration;
  readonly fitted: BlendFigures;
  readonly heldOut: BlendFigures;
}

/** Fits constants on one judged run and measures them on it and on another. Throws what `fitCalibration` and the engine throw. */
export async function calibrateModel(engine: ScoringEngine, options: CalibrateOptions): Promise<CalibrationReport> {
  const total = countPairs(options.fit.run) + countPairs(options.heldOut.run);
  const fit = await collect(engine, options.fit, options, 0, total);
  const heldOut = await collect(engine, options.heldOut, options, countPairs(options.fit.run), total);
  const { precision, modelFingerprint } = engine.info;
  const { origin, template, maxTokensPerDoc } = options;
  const calibration = fitCalibration(fit.features, options.fit.judgements, {
    ...origin,
    precision,
    modelFingerprint,
    template,
    maxTokensPerDoc,
  });
  return {
    calibration,
    fitted: measure(fit, options.fit, calibration),
    heldOut: measure(heldOut, options.heldOut, calibration),
  };
}

interface Collected {
  readonly pairs: ScoredPairs;
  readonly features: readonly PairFeatures[];
}

async function collect(
  engine: ScoringEngine,
  { run, queries, documents }: JudgedRun,
  options: CalibrateOptions,
  pairsBefore: number,
  totalPairs: number,
): Promise<Collected> {
  const { template, adapterDigest, maxTokensPerDoc, withTitle, withFirstStage, signal, onProgress } = options;
  const interruption = signal === undefined ? {} : { signal };
  const pairs = await scoreRunPairs(engine, {
    run,
    queries,
    documents,
    withTitle,
    template,
    maxTokensPerDoc,
    ...(adapterDigest === undefined ? {} : { adapterDigest }),
    ...interruption,
    onProgress: (done) => onProgress?.(pairsBefore + done, totalPairs),
  });
  const firstStage = withFirstStage ? { firstStage: run } : {};
  return { pairs, features: await pairFeatures(engine, { pairs, queries, template, ...firstStage, ...interruption }) };
}

function measure(
  { pairs, features }: Collected,
  { run, judgements }: JudgedRun,
  calibration: Calibration,
): BlendFigures {
  const likelihood = new Map(
    [...pairs].map(([queryId, scored]) => [
      queryId,
      scored
        .map(({ documentId, score }) => ({ documentId, score: score.meanLogLikelihood }))
        .sort((left, right) => right.score - left.score),
    ]),
  );
  const ndcg = (ranking: TrecRun) => summariseRun(ranking, judgements).ndcgAt10;
  return {
    ...measureCalibration(features, judgements, calibration),
    queries: run.size,
    firstStageNdcg: ndcg(run),
    likelihoodNdcg: ndcg(likelihood),
    blendedNdcg: ndcg(blendRun(features, calibration)),
  };
}

function countPairs(run: TrecRun): number {
  return [...run.values()].reduce((sum, entries) => sum + entries.length, 0);
}

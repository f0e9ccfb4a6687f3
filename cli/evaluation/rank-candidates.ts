import { blendRun } from '#gpu-worker/calibration/blend-run.ts';
import { measureCalibration } from '#gpu-worker/calibration/measure-calibration.ts';
import { pairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { orderPairs } from '#gpu-worker/evaluation/order-pairs.ts';
import type { BlendSummary } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import type { ScoredPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { Judgements, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { TemplateName } from '#gpu-worker/q-peft/template-registry.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

export interface BlendOptions {
  readonly calibration: Calibration;
  /** The one that the documents are scored with, so that the query's own likelihood is of the same kind. */
  readonly template: TemplateName;
  /** Hold the probabilities against relevance; they order nothing. */
  readonly judgements: Judgements;
  /** Scores for constants that were fitted with a first stage; absent where the candidates' scores say nothing. */
  readonly firstStage: TrecRun | undefined;
}

export interface RankedCandidates {
  readonly run: TrecRun;
  /** Null for a ranking by likelihood, whose scores are no probabilities. */
  readonly blend: BlendSummary | null;
}

export interface ScoredCandidates {
  readonly pairs: ScoredPairs;
  readonly queries: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal;
}

/** The candidates by blended log-odds of relevance, or by mean log-likelihood (nats per query token) where `blend` is null; these are the scores of the run. */
export async function rankCandidates(
  engine: Pick<ScoringEngine, 'queryLogLikelihood'>,
  { pairs: scored, queries, signal }: ScoredCandidates,
  blend: BlendOptions | null,
): Promise<RankedCandidates> {
  if (blend === null) return { run: orderPairs(scored), blend: null };
  const { calibration, template, judgements, firstStage } = blend;
  const features = await pairFeatures(engine, {
    pairs: scored,
    queries,
    template,
    ...(firstStage === undefined ? {} : { firstStage }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { pairs, expectedCalibrationError, logLoss } = measureCalibration(features, judgements, calibration);
  const { data, split, template: fittedWith, precision, date } = calibration.fittedOn;
  return {
    run: blendRun(features, calibration),
    blend: {
      fittedOn: [data, split, `with ${fittedWith} in ${precision}`, ...(date === undefined ? [] : [date])].join(', '),
      withFirstStage: firstStage !== undefined && calibration.constantsWithFirstStage !== undefined,
      pairs,
      expectedCalibrationError,
      logLoss,
    },
  };
}

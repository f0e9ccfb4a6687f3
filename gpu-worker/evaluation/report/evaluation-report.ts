import type { RunComparison } from '#gpu-worker/evaluation/compare-runs.ts';
import type { RankingEvaluation } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import type { ChunkSettings } from '#gpu-worker/scoring/chunks/chunk-settings.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Scoring } from '#shared/protocol/rerank-request.ts';

/** How the method's blended ranking was made, and how well its scores are probabilities of relevance. */
export interface BlendSummary {
  /** Data set, split, template, precision and date of the constants' fit. */
  readonly fittedOn: string;
  /** Whether the first stage's scores are part of the scores. */
  readonly withFirstStage: boolean;
  readonly pairs: number;
  /** In [0, 1], over tenths of the probability. */
  readonly expectedCalibrationError: number;
  /** Mean of −log p(judgement), nats. */
  readonly logLoss: number;
}

/** What was scored to get the rankings, and how fast. */
export interface ScoringSummary {
  /** Of every method that was scored; rankings read from a file are as they are. */
  readonly orderedBy: Scoring;
  /** Of the method itself, not of the one that it is compared to; null by likelihood. */
  readonly blend: BlendSummary | null;
  readonly precision: Precision;
  readonly threads: number;
  readonly cores: number;
  readonly maxTokensPerDoc: number;
  /** Absent: each document in one piece. */
  readonly chunks?: ChunkSettings | undefined;
  readonly pairs: number;
  /** Distinct documents; each document's prefix was computed once for each method. */
  readonly documents: number;
  readonly seconds: number;
}

export interface EvaluationReport {
  /** The data set's name and the split. */
  readonly data: string;
  readonly split: string;
  readonly method: string;
  readonly firstStage: string;
  /** Candidates of each query; every ranking is one of these. */
  readonly depth: number;
  /** Null when nothing but the first stage was measured. */
  readonly scoring: ScoringSummary | null;
  readonly evaluation: RankingEvaluation;
  /** Texts of the queries that were measured. */
  readonly queries: ReadonlyMap<string, string>;
  /** How far the scores lie from those of the compared run. */
  readonly scoreComparison?: RunComparison;
  /** Sentences on what was left out and what that does to the figures. */
  readonly notes: readonly string[];
}

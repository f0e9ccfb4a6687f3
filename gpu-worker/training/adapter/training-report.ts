import type { CalibrationFigures } from '#gpu-worker/calibration/measure-calibration.ts';
import type { MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import type { DevPoint, LossPoint } from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import type { FoundSign } from '#gpu-worker/training/report/find-signs.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import type { TravellingCalibration } from '#shared/calibration/calibration.ts';

/** The adapter against the base model on the dev queries, under one kind of score. */
export interface ReportedComparison {
  /** Mean nDCG@10 of either. */
  readonly base: number;
  readonly adapter: number;
  /** Whether the whole 95 % interval of the gain in nDCG@10 lies above zero. */
  readonly better: boolean;
  /** One sentence that says so, with the figures. */
  readonly verdict: string;
  readonly metrics: readonly MetricComparison[];
}

export interface ReportedCalibration extends CalibrationFigures {
  /** The adapter's own constants, fitted on these dev pairs, or the base model's. */
  readonly constantsOf: 'adapter' | 'base model';
  readonly constants: TravellingCalibration['constants'];
  readonly queries: number;
  readonly relevantPairs: number;
}

/** What a training run did and what came of it; written beside the adapter. */
export interface TrainingReport {
  readonly settings: TrainingSettings;
  readonly data: {
    readonly name: string;
    readonly trainQueries: number;
    readonly devQueries: number;
    readonly documents: number;
  };
  readonly keptStep: number;
  readonly steps: number;
  /** What the loss compared and the best look was chosen by; `better` and `verdict` are about this ranking. */
  readonly decidedBy: TrainingSettings['lossOver'];
  readonly better: boolean;
  readonly verdict: string;
  /** Known failures that the run shows; empty: none. */
  readonly signs: readonly FoundSign[];
  /** By likelihood. */
  readonly alone: ReportedComparison;
  /** By blended scores, as the API orders; null where there are no constants to blend with. */
  readonly blended: ReportedComparison | null;
  /** How well blended scores of the adapter are probabilities of relevance; null as `blended`. */
  readonly calibration: ReportedCalibration | null;
  /** Sentences on what the calibration and its figures are, or why they are missing. */
  readonly calibrationNotes: readonly string[];
  readonly losses: readonly LossPoint[];
  /** Mean nDCG@10 of the base model in the ranking that the looks of `dev` measure. */
  readonly devBase: number;
  readonly dev: readonly DevPoint[];
}

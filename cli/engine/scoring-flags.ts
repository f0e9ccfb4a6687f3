import type { ArgsDef } from 'citty';
import { parseChoice } from '#cli/command-line/parse-values.ts';
import { readCalibrationFile } from '#gpu-worker/calibration/read-calibration-file.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import type { Scoring } from '#shared/protocol/rerank-request.ts';

/** The flags of commands that can order by blended scores. */
export const scoringFlags = {
  scoring: {
    type: 'string',
    valueHint: 'blended|likelihood',
    description:
      'What to order by: the probability of relevance, from likelihoods and shared words, or the likelihood alone (the paper). Without it: blended.',
  },
  calibration: {
    type: 'string',
    valueHint: 'FILE.json',
    description:
      "Constants of `hintrank calibrate`. Without it: the adapter's, or those shipped for the default model.",
  },
} as const satisfies ArgsDef;

export interface ScoringSettings {
  readonly scoring: Scoring | undefined;
  readonly calibration: Calibration | undefined;
}

/** Throws UsageError for an unknown scoring, ServiceError `invalid_request` for a file that holds no constants. */
export async function parseScoringFlags(flags: {
  readonly scoring?: string | undefined;
  readonly calibration?: string | undefined;
}): Promise<ScoringSettings> {
  const { scoring, calibration } = flags;
  return {
    scoring: scoring === undefined ? undefined : parseChoice<Scoring>('scoring', scoring, ['blended', 'likelihood']),
    calibration: calibration === undefined ? undefined : await readCalibrationFile(calibration),
  };
}

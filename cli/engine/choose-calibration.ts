import type { CommandIo } from '#cli/command-line/command-io.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { findBaseCalibration } from '#shared/calibration/base-model-calibration.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import type { Scoring } from '#shared/protocol/rerank-request.ts';

export interface CalibrationChoice {
  /** As named on the command line; undefined: blended where that is possible. */
  readonly scoring: Scoring | undefined;
  readonly fromFile: Calibration | undefined;
  readonly fromAdapter: Calibration | undefined;
  readonly modelFingerprint: string;
}

/**
 * The constants to blend with: those of the file, else the adapter's, else those shipped for the model; null: by likelihood.
 * Throws UsageError where the blend was named and there are none; where it is only the default, standard error says what is done instead.
 */
export function chooseCalibration(choice: CalibrationChoice, io: Pick<CommandIo, 'stderr'>): Calibration | null {
  const { scoring, fromFile, fromAdapter, modelFingerprint } = choice;
  if (scoring === 'likelihood') return null;
  const found = fromFile ?? fromAdapter ?? findBaseCalibration(modelFingerprint);
  if (found !== null) return found;
  const reason =
    'There are no calibration constants for this model; `hintrank calibrate` fits them, --calibration reads them';
  if (scoring === 'blended') throw new UsageError(`${reason}.`);
  io.stderr.write(`${reason}. Ordered by likelihood alone.\n`);
  return null;
}

import type { Calibration } from '#shared/calibration/calibration.ts';

export const baseModelCalibrations: readonly Calibration[] = [];

/** Constants for a base model without an adapter of its own constants; null for a model that nobody has fitted them for. */
export function findBaseCalibration(modelFingerprint: string): Calibration | null {
  return baseModelCalibrations.find(({ fittedOn }) => fittedOn.modelFingerprint === modelFingerprint) ?? null;
}

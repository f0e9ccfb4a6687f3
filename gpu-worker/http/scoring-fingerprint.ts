import { createHash } from 'node:crypto';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';

export interface ScoringParts {
  readonly engine: Pick<ScoringEngine, 'info'>;
  /** The base model's constants. */
  readonly calibration: Calibration | null;
}

/**
 * SHA-256, hex, over everything of this worker that an answer depends on beside the request and its adapter: two workers with the same one give the
 * same scores, so that the edge may keep them. The product's version is in it because code may change scores too.
 */
export function scoringFingerprint({ engine, calibration }: ScoringParts, version: string): string {
  const { modelFingerprint, tokenizerFingerprint, precision, device } = engine.info;
  const parts = [modelFingerprint, tokenizerFingerprint, precision, device, calibration, version];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

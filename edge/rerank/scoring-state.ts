import type { EdgeEnvironment } from '#edge/environment.ts';
import { FleetHealth } from '#edge/gpu-workers/fleet-health.ts';
import type { ScoredDocuments } from '#edge/gpu-workers/score-on-workers.ts';
import type { Log } from '#edge/log.ts';
import { createScoreCache, type ScoreCache, type SharedTier } from '#edge/score-cache/score-cache.ts';
import { createScoringIdentity, type ScoringIdentity } from '#edge/score-cache/scoring-identity.ts';
import { SharedComputations } from '#edge/score-cache/shared-computations.ts';

/** What an isolate remembers of scoring from one request to the next; all of it may be lost. */
export interface ScoringState {
  readonly cache: ScoreCache;
  readonly computations: SharedComputations<ScoredDocuments>;
  readonly identity: ScoringIdentity;
  readonly health: FleetHealth;
}

export interface ScoringStateOptions {
  readonly environment: EdgeEnvironment;
  readonly sharedTier: SharedTier | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export function createScoringState({ environment, sharedTier, now, log }: ScoringStateOptions): ScoringState {
  const { scoreCacheBytesMax, scoreCacheTtlSeconds } = environment;
  return {
    cache: createScoreCache({
      memoryBytesMax: scoreCacheBytesMax,
      ttlSeconds: scoreCacheTtlSeconds,
      shared: sharedTier,
      now,
      log,
    }),
    computations: new SharedComputations(),
    identity: createScoringIdentity(now),
    health: new FleetHealth(now),
  };
}

import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

/** Who scores a request, and who is asked when that fails. */
export interface FleetPlan {
  /** Over these the documents are spread. Empty only where there is no target at all. */
  readonly primary: readonly WorkerTarget[];
  /** The others, in groups, best first. */
  readonly fallbacks: readonly (readonly WorkerTarget[])[];
}

/**
 * The healthy targets of the nearest region that has any; behind them those of the next regions, and last whoever is thought dead, since that may be
 * wrong. Where nobody is healthy, the nearest region is tried as if it were. `regions` — nearest first.
 */
export function planFleet(
  targets: readonly WorkerTarget[],
  regions: readonly string[],
  isHealthy: (id: string) => boolean,
): FleetPlan {
  const inRegion = (region: string, healthy: boolean) =>
    targets.filter((target) => target.region === region && isHealthy(target.id) === healthy);
  const groups = [true, false].flatMap((healthy) => regions.map((region) => inRegion(region, healthy)));
  const [primary = [], ...fallbacks] = groups.filter((group) => group.length > 0);
  return { primary, fallbacks };
}

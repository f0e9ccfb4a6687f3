import type { RegionOutlook } from '#edge/gpu-workers/fleet-load.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

/** Who scores a request, and who is asked when that fails. */
export interface FleetPlan {
  /** Over these the documents are spread. Empty only where there is no target at all. */
  readonly primary: readonly WorkerTarget[];
  /** The others, in groups, best first. */
  readonly fallbacks: readonly (readonly WorkerTarget[])[];
}

/** What is expected of healthy targets of one region. */
export type Outlook = (targets: readonly WorkerTarget[]) => RegionOutlook;

/** Milliseconds that a farther region must be quicker by: for less, the prefixes that are kept in the nearest one are worth more. */
const gainMinMs = 100;

/** Milliseconds after which a request finds out whether a region that others were quicker than is still slow. */
const lookAgainMs = 5_000;

/**
 * The healthy targets of the nearest region that has any, unless another region is expected to answer a good deal earlier; behind them those of the next
 * regions, and last whoever is thought dead, since that may be wrong. Where nobody is healthy, the nearest region is tried as if it were.
 * `regions` — nearest first. `outlook` — absent: all are equally quick.
 */
export function planFleet(
  targets: readonly WorkerTarget[],
  regions: readonly string[],
  isHealthy: (id: string) => boolean,
  outlook?: Outlook,
): FleetPlan {
  const inRegions = (healthy: boolean) =>
    regions
      .map((region) => targets.filter((target) => target.region === region && isHealthy(target.id) === healthy))
      .filter((group) => group.length > 0);
  const healthy = inRegions(true);
  const quickest = outlook === undefined ? undefined : spillOver(healthy, outlook);
  const groups = [...healthy, ...inRegions(false)];
  const [primary = [], ...fallbacks] =
    quickest === undefined ? groups : [quickest, ...groups.filter((group) => group !== quickest)];
  return { primary, fallbacks };
}

/** The group that is to be asked in place of the first one; undefined where there is none. */
function spillOver(
  [nearest, ...others]: readonly (readonly WorkerTarget[])[],
  outlook: Outlook,
): readonly WorkerTarget[] | undefined {
  if (nearest === undefined || others.length === 0) return undefined;
  const near = outlook(nearest);
  if (near.uncalledMs >= lookAgainMs) return undefined;
  const expected = others.map((group) => ({ group, expectedMs: outlook(group).expectedMs }));
  const best = expected.reduce((one, other) => (other.expectedMs < one.expectedMs ? other : one));
  return best.expectedMs + gainMinMs < near.expectedMs ? best.group : undefined;
}

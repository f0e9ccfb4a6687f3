import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

export interface NextTargetState {
  /** In the order in which the shard's documents want them. */
  readonly targets: readonly WorkerTarget[];
  /** What this shard has called. */
  readonly tried: readonly WorkerTarget[];
  /** Ids that failed any shard of this request. */
  readonly failed: ReadonlySet<string>;
  readonly isHealthy: (id: string) => boolean;
}

/** The best target that is new to the shard and may still be called: one that nothing speaks against, else any. undefined where there is none. */
export function nextTarget({ targets, tried, failed, isHealthy }: NextTargetState): WorkerTarget | undefined {
  const triedIds = new Set(tried.map(({ id }) => id));
  const regions = tried.map(({ region }) => region);
  const untried = targets.filter((target) => !triedIds.has(target.id) && mayTryAgain(regions, target));
  return (
    untried.find(({ id }) => !failed.has(id) && isHealthy(id)) ??
    untried.find(({ id }) => !failed.has(id)) ??
    untried[0]
  );
}

/** Calls of one shard in one region: the first and one retry. */
const callsPerRegionMax = 2;

/** Whether a shard may be tried again: once on another worker, and once more where that one is of another region than both before. */
function mayTryAgain(triedRegions: readonly string[], next: WorkerTarget): boolean {
  if (triedRegions.length < callsPerRegionMax) return true;
  return triedRegions.length === callsPerRegionMax && !triedRegions.includes(next.region);
}

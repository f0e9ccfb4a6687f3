import type { FleetPlan } from '#edge/gpu-workers/plan-fleet.ts';
import { rankWorkers } from '#edge/gpu-workers/rank-workers.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

/** The part of a request that goes to one target. */
export interface Shard {
  /** Targets to try, in this order; the first one is where most of the documents' caches are. Never empty. */
  readonly targets: readonly [WorkerTarget, ...WorkerTarget[]];
  /** Positions of its documents in the request, ascending. Never empty. */
  readonly documentIndices: readonly number[];
}

/**
 * Splits documents over the plan's primary targets by rendezvous hashing, into at most `shardsMax` shards: with more targets than that, the documents of
 * the least wanted ones go to their best choice among the others. `digests` — SHA-256 of each document, in the order of the request.
 */
export function planShards(
  { primary, fallbacks }: FleetPlan,
  digests: readonly Uint8Array[],
  shardsMax: number,
): Shard[] {
  const byId = new Map([primary, ...fallbacks].flat().map((target) => [target.id, target]));
  const ids = primary.map(({ id }) => id);
  const assigned = assign(ids, digests);
  const kept = keepLargest(assigned, shardsMax);
  const final = kept.length === assigned.size ? assigned : assign(kept, digests);
  return [...final].map(([first, documentIndices]) => {
    const digest = digests[documentIndices[0] ?? 0] ?? new Uint8Array(32);
    const others = [ids.filter((id) => id !== first), ...fallbacks.map((group) => group.map(({ id }) => id))];
    const next = others.flatMap((group) => rankWorkers(group, digest));
    return { targets: [targetOf(byId, first), ...next.map((id) => targetOf(byId, id))], documentIndices };
  });
}

/** The same shards in parts of at most `documentsMax` documents: what is scored when time runs out is then not all or nothing. */
export function splitShards(shards: readonly Shard[], documentsMax: number): Shard[] {
  return shards.flatMap(({ targets, documentIndices }) =>
    Array.from({ length: Math.ceil(documentIndices.length / documentsMax) }, (_, part) => ({
      targets,
      documentIndices: documentIndices.slice(part * documentsMax, (part + 1) * documentsMax),
    })),
  );
}

function targetOf(byId: ReadonlyMap<string, WorkerTarget>, id: string): WorkerTarget {
  const target = byId.get(id);
  if (target === undefined) throw new Error(`there is no target "${id}"`);
  return target;
}

function assign(ids: readonly string[], digests: readonly Uint8Array[]): Map<string, number[]> {
  const indices = digests.map((_, index) => index);
  const [only, ...others] = ids;
  // With one target there is nothing to choose.
  if (only !== undefined && others.length === 0) return new Map([[only, indices]]);
  return Map.groupBy(indices, (index) => {
    const digest = digests[index];
    const [best] = digest === undefined ? [] : rankWorkers(ids, digest);
    if (best === undefined) throw new Error('there is no worker to plan for');
    return best;
  });
}

function keepLargest(assigned: ReadonlyMap<string, readonly number[]>, count: number): string[] {
  return [...assigned]
    .sort(([left, mine], [right, theirs]) => theirs.length - mine.length || (left < right ? -1 : 1))
    .slice(0, count)
    .map(([id]) => id);
}

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

/** What one call holds at most. */
export interface CallSize {
  readonly documents: number;
  /** Of all its documents, UTF-16 code units; a single document may have more. */
  readonly characters: number;
}

/**
 * The same shards in parts that are no larger than a call may be: what is scored when time runs out is then not all or nothing, and no worker's queue is
 * filled by one request. First a part of each shard, then the next of each, so that all workers have something to do from the start.
 * `lengths` — characters of each document, in the order of the request.
 */
export function splitShards(shards: readonly Shard[], size: CallSize, lengths: readonly number[]): Shard[] {
  const parts = shards.map(({ targets, documentIndices }) =>
    splitIndices(documentIndices, size, lengths).map((indices): Shard => ({ targets, documentIndices: indices })),
  );
  const rounds = Math.max(0, ...parts.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => parts.flatMap((own) => own[round] ?? [])).flat();
}

function splitIndices(indices: readonly number[], size: CallSize, lengths: readonly number[]): number[][] {
  const parts: number[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const index of indices) {
    const length = lengths[index] ?? 0;
    const last = parts.at(-1);
    if (last === undefined || last.length >= size.documents || characters + length > size.characters) {
      parts.push([index]);
      characters = length;
    } else {
      last.push(index);
      characters += length;
    }
  }
  return parts;
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

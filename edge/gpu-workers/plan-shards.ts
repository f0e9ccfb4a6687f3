import { rankWorkers } from '#edge/gpu-workers/rank-workers.ts';

/** The part of a request that goes to one worker. */
export interface Shard {
  /** Workers to try, in this order; the first one is where most of the documents' caches are. Never empty. */
  readonly workers: readonly [string, ...string[]];
  /** Positions of its documents in the request, ascending. Never empty. */
  readonly documentIndices: readonly number[];
}

/**
 * Splits documents over workers by rendezvous hashing; at most `shardsMax` shards, because the platform opens no more connections at once.
 * With more workers than that, the documents of the least wanted workers go to their best choice among the others.
 * `digests` — SHA-256 of each document, in the order of the request.
 */
export function planShards(workers: readonly string[], digests: readonly Uint8Array[], shardsMax: number): Shard[] {
  const assigned = assign(workers, digests);
  const kept = keepLargest(assigned, shardsMax);
  const final = kept.length === assigned.size ? assigned : assign(kept, digests);
  return [...final].map(([worker, documentIndices]) => {
    const others = workers.filter((other) => other !== worker);
    const firstDigest = digests[documentIndices[0] ?? 0];
    return {
      workers: [worker, ...(firstDigest === undefined ? others : rankWorkers(others, firstDigest))],
      documentIndices,
    };
  });
}

function assign(workers: readonly string[], digests: readonly Uint8Array[]): Map<string, number[]> {
  const indices = digests.map((_, index) => index);
  return Map.groupBy(indices, (index) => {
    const digest = digests[index];
    const [best] = digest === undefined ? [] : rankWorkers(workers, digest);
    if (best === undefined) throw new Error('there is no worker to plan for');
    return best;
  });
}

function keepLargest(assigned: ReadonlyMap<string, readonly number[]>, count: number): string[] {
  return [...assigned]
    .sort(([left, mine], [right, theirs]) => theirs.length - mine.length || (left < right ? -1 : 1))
    .slice(0, count)
    .map(([worker]) => worker);
}

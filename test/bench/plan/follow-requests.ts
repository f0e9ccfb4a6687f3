import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';

/** Between two loads, milliseconds: nothing of the first is left when the second begins. */
const pauseMs = 600_000;

/** One load after the other, as one: the first's requests, then the second's, whose documents that are not kept are none of the first's. */
export function followRequests(
  first: readonly SimulatedRequest[],
  second: readonly SimulatedRequest[],
): SimulatedRequest[] {
  const startMs = first.length === 0 ? 0 : (first.at(-1)?.atMs ?? 0) + pauseMs;
  const firstId = first.reduce(
    (most, { documents }) => documents.reduce((largest, { id }) => Math.max(largest, id), most),
    0,
  );
  const moved = second.map((request) => ({
    ...request,
    atMs: startMs + request.atMs,
    documents: request.documents.map((one) => (one.isKept ? one : { ...one, id: firstId + 1 + one.id })),
  }));
  return [...first, ...moved];
}

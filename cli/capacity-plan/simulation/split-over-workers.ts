import type { SimulatedDocument, SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';

/** What one worker gets, and of which requests. */
export interface WorkerCalls {
  readonly calls: readonly SimulatedRequest[];
  /** Of each call, the place of its request. */
  readonly requestIndices: readonly number[];
}

/** Each document to the worker that its id says, as the edge does it by its digest: evenly, and always to the same. */
export function splitOverWorkers(requests: readonly SimulatedRequest[], workers: number): WorkerCalls[] {
  const split = Array.from({ length: workers }, () => ({
    calls: [] as SimulatedRequest[],
    requestIndices: [] as number[],
  }));
  for (const [index, request] of requests.entries()) {
    const parts = Map.groupBy(request.documents, (document) => workerOf(document, workers));
    for (const [worker, documents] of parts) {
      split[worker]?.calls.push({ ...request, documents });
      split[worker]?.requestIndices.push(index);
    }
  }
  return split;
}

/** The finaliser of MurmurHash3: ids that follow each other get workers that do not. */
function workerOf({ id }: SimulatedDocument, workers: number): number {
  let bits = id;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) % workers;
}

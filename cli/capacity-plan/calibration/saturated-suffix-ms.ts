import type { BusyDocument } from '#cli/capacity-plan/calibration/measure-busy.ts';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { simulateWorker } from '#cli/capacity-plan/simulation/simulate-worker.ts';
import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';

export interface SaturatedWorker {
  readonly documents: readonly BusyDocument[];
  readonly documentsPerCall: number;
  /** Those of suffixes; nothing else is looked at. */
  readonly times: HardwareProfile['milliseconds'];
  readonly threads: number;
  readonly busySlowdown: number;
}

/** Milliseconds that suffixes take of all threads where these documents are all there at once: how full runs are is the planner's doing. */
export function saturatedSuffixMs(worker: SaturatedWorker): number {
  const { documents, documentsPerCall, times, threads, busySlowdown } = worker;
  const calls: SimulatedRequest[] = [];
  for (let first = 0; first < documents.length; first += documentsPerCall) {
    const own = documents.slice(first, first + documentsPerCall);
    calls.push({
      ...{ atMs: 0, tenant: `tenant-${calls.length % 8}`, hasAdapter: false, scoresQuery: false },
      documents: own.map(({ tokens, isNew }, index) => ({ id: first + index, tokens, isKept: !isNew })),
      queryTokens: own[0]?.queryTokens ?? 0,
    });
  }
  return simulateWorker({ calls, hardware: { threads, busySlowdown, milliseconds: times }, noise: () => 1 }).busyMs;
}

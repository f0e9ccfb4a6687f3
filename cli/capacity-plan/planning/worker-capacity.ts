import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { drawFleetRequests } from '#cli/capacity-plan/planning/draw-fleet-requests.ts';
import { simulatedWorkers } from '#cli/capacity-plan/planning/simulated-workers.ts';
import { simulateFleet } from '#cli/capacity-plan/simulation/simulate-fleet.ts';
import { meanOf, type Workload } from '#cli/capacity-plan/simulation/workload.ts';

export interface CapacityToFind {
  readonly workload: Workload;
  readonly hardware: HardwareProfile;
  /** Of the fleet: the more there are, the fewer documents of a request each has, and the less these share. */
  readonly workers: number;
  readonly seed: number;
}

/** Documents of each worker that wait when the capacity is looked at: many more than all threads take at a time. */
const documentsWaiting = 600;

/** More than any worker takes: all requests are there at once. */
const requestsPerSecondAtOnce = 1e9;

/** Documents a second that each worker of the fleet scores while it never runs out of them. */
export function workerCapacity({ workload, hardware, workers, seed }: CapacityToFind): number {
  const simulated = simulatedWorkers(workers);
  const requests = drawFleetRequests({
    ...{ workload, hardware, seed },
    requestsPerSecond: requestsPerSecondAtOnce,
    workers: simulated,
    requests: Math.ceil((documentsWaiting * simulated) / meanOf(workload.documentsPerRequest)),
  });
  // The main thread is not what is asked for here.
  const atOnce = { ...hardware, milliseconds: { ...hardware.milliseconds, call: 0 } };
  const { busyMs } = simulateFleet({ requests, workers: simulated, hardware: atOnce, seed });
  const documents = requests.reduce((sum, request) => sum + request.documents.length, 0);
  return (hardware.threads * documents * 1_000) / busyMs;
}

import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { drawFleetRequests } from '#cli/capacity-plan/planning/draw-fleet-requests.ts';
import { simulatedWorkers } from '#cli/capacity-plan/planning/simulated-workers.ts';
import { simulateFleet } from '#cli/capacity-plan/simulation/simulate-fleet.ts';
import { type LatencySummary, summariseLatencies } from '#cli/capacity-plan/simulation/summarise-latencies.ts';
import { meanOf, type Workload } from '#cli/capacity-plan/simulation/workload.ts';

export interface LoadToSimulate {
  /** Of the whole fleet. */
  readonly workload: Workload;
  readonly workers: number;
  readonly hardware: HardwareProfile;
  readonly seed: number;
}

/** Documents of a simulation, and requests: enough of the slowest hundredth to be stable, few enough for a second. */
const documentsSimulated = 24_000;
const requestsMin = 400;
const requestsMax = 3_000;

/** Part of the requests that come while the queue still has to fill; they do not count. */
const warmUpShare = 0.1;

/** Latencies of a fleet under this load. */
export function simulateLoad({ workload, workers, hardware, seed }: LoadToSimulate): LatencySummary {
  const simulated = simulatedWorkers(workers);
  const wanted = documentsSimulated / meanOf(workload.documentsPerRequest);
  const requests = Math.round(Math.min(requestsMax, Math.max(requestsMin, wanted)));
  const { latenciesMs } = simulateFleet({
    requests: drawFleetRequests({
      ...{ workload, requests, hardware, seed },
      requestsPerSecond: (workload.requestsPerSecond * simulated) / workers,
      workers: simulated,
    }),
    ...{ workers: simulated, hardware, seed },
  });
  return summariseLatencies(latenciesMs.slice(Math.floor(requests * warmUpShare)));
}

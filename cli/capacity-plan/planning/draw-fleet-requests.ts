import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { drawRequests } from '#cli/capacity-plan/simulation/draw-requests.ts';
import type { Workload } from '#cli/capacity-plan/simulation/workload.ts';

/** Kept documents of each thread that requests draw from. */
const keptDocumentsPerThread = 64;

export interface FleetRequests {
  readonly workload: Workload;
  /** Of the simulated workers, in place of the workload's own. */
  readonly requestsPerSecond: number;
  readonly requests: number;
  /** Workers that are simulated. */
  readonly workers: number;
  readonly hardware: Pick<HardwareProfile, 'threads'>;
  readonly seed: number;
}

/** Requests of a workload at another pace, over as many kept documents as the workers' threads have. */
export function drawFleetRequests({
  workload,
  requestsPerSecond,
  requests,
  workers,
  hardware,
  seed,
}: FleetRequests): ReturnType<typeof drawRequests> {
  const keptDocuments = keptDocumentsPerThread * hardware.threads * workers;
  return drawRequests({ workload: { ...workload, requestsPerSecond }, requests, keptDocuments, seed });
}

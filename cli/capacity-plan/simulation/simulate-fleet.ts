import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { simulateWorker } from '#cli/capacity-plan/simulation/simulate-worker.ts';
import { splitOverWorkers } from '#cli/capacity-plan/simulation/split-over-workers.ts';
import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';
import { seededRandom } from '#gpu-worker/training/seeded-random.ts';

export interface FleetToSimulate {
  /** In the order in which they come. */
  readonly requests: readonly SimulatedRequest[];
  readonly workers: number;
  readonly hardware: HardwareProfile;
  /** Of what makes equal work take unequal time. */
  readonly seed: number;
}

export interface FleetSimulation {
  /** From a request's arrival at the edge to its answer, in their order. */
  readonly latenciesMs: Float64Array;
  /** Time of all threads that they worked. */
  readonly busyMs: number;
}

/** A fleet under these requests: a request is answered when the last of its workers has answered. */
export function simulateFleet({ requests, workers, hardware, seed }: FleetToSimulate): FleetSimulation {
  const latenciesMs = new Float64Array(requests.length);
  let busyMs = 0;
  for (const [worker, { calls, requestIndices }] of splitOverWorkers(requests, workers).entries()) {
    const simulated = simulateWorker({ calls, hardware, noise: noiseOf(hardware.spread, seed, worker) });
    busyMs += simulated.busyMs;
    for (const [call, index] of requestIndices.entries()) {
      const latencyMs = (simulated.doneAtMs[call] ?? 0) - (requests[index]?.atMs ?? 0) + hardware.milliseconds.edge;
      latenciesMs[index] = Math.max(latenciesMs[index] ?? 0, latencyMs);
    }
  }
  return { latenciesMs, busyMs };
}

/** Log-normal factors of mean 1 and of this standard deviation. */
function noiseOf(spread: number, seed: number, worker: number): () => number {
  if (spread === 0) return () => 1;
  const random = seededRandom(seed, 'capacity-plan-noise', worker);
  const variance = Math.log(1 + spread ** 2);
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
    return Math.exp(Math.sqrt(variance) * normal - variance / 2);
  };
}

import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { simulateLoad } from '#cli/capacity-plan/planning/simulate-load.ts';
import { simulateFleet } from '#cli/capacity-plan/simulation/simulate-fleet.ts';
import { type LatencySummary, summariseLatencies } from '#cli/capacity-plan/simulation/summarise-latencies.ts';
import type { SimulatedRequest, Workload } from '#cli/capacity-plan/simulation/workload.ts';
import { median } from '#test/bench/median.ts';
import type { MeasuredRequest } from '#test/bench/plan/send-open-loop.ts';

/** One load, as predicted and as measured. */
export interface PlannedLoad {
  /** Of the capacity. */
  readonly share: number;
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly measured: LatencySummary;
  /** Of the same requests at the same times: what the model makes of them, without the chance of when they come. */
  readonly predicted: LatencySummary;
  /** What `hintrank plan` says of such a load in the long run. */
  readonly longRun: LatencySummary;
}

export interface PlanToCompare {
  readonly share: number;
  readonly workload: Workload;
  readonly hardware: HardwareProfile;
  readonly measured: readonly MeasuredRequest[];
  /** All that the worker was sent so far, in order, the measured requests last: a thread that helped another has kept copies of its documents since. */
  readonly sent: readonly SimulatedRequest[];
  readonly seed: number;
}

/** Simulations of the same requests, which differ in how long equal batches take; the median of them counts. */
const simulations = 9;

export function comparePlan({ share, workload, hardware, measured, sent, seed }: PlanToCompare): PlannedLoad {
  const simulated = Array.from({ length: simulations }, (_, index) => {
    const { latenciesMs } = simulateFleet({ requests: sent, workers: 1, hardware, seed: seed + index });
    return summariseLatencies(latenciesMs.slice(-measured.length));
  });
  const middle = (part: keyof LatencySummary) => median(simulated.map((summary) => summary[part]));
  return {
    ...{ share, requestsPerSecond: workload.requestsPerSecond, requests: measured.length },
    measured: summariseLatencies(measured.map(({ latencyMs }) => latencyMs)),
    predicted: { p50Ms: middle('p50Ms'), p95Ms: middle('p95Ms'), p99Ms: middle('p99Ms') },
    longRun: simulateLoad({ workload, workers: 1, hardware, seed }),
  };
}

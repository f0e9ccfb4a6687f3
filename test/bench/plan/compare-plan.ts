import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { simulateLoad } from '#cli/capacity-plan/planning/simulate-load.ts';
import { simulateFleet } from '#cli/capacity-plan/simulation/simulate-fleet.ts';
import { type LatencySummary, summariseLatencies } from '#cli/capacity-plan/simulation/summarise-latencies.ts';
import type { Workload } from '#cli/capacity-plan/simulation/workload.ts';
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
  readonly seed: number;
}

/** Simulations of the same requests, which differ in how long equal batches take; the median of them counts. */
const simulations = 9;

export function comparePlan({ share, workload, hardware, measured, seed }: PlanToCompare): PlannedLoad {
  const requests = measured.map(({ request }) => request);
  const simulated = Array.from({ length: simulations }, (_, index) =>
    summariseLatencies(simulateFleet({ requests, workers: 1, hardware, seed: seed + index }).latenciesMs),
  );
  const middle = (part: keyof LatencySummary) => median(simulated.map((summary) => summary[part]));
  return {
    ...{ share, requestsPerSecond: workload.requestsPerSecond, requests: measured.length },
    measured: summariseLatencies(measured.map(({ latencyMs }) => latencyMs)),
    predicted: { p50Ms: middle('p50Ms'), p95Ms: middle('p95Ms'), p99Ms: middle('p99Ms') },
    longRun: simulateLoad({ workload, workers: 1, hardware, seed }),
  };
}

import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { findWorkers } from '#cli/capacity-plan/planning/find-workers.ts';
import { type MemoryPlan, planMemory } from '#cli/capacity-plan/planning/plan-memory.ts';
import { simulateLoad } from '#cli/capacity-plan/planning/simulate-load.ts';
import { workerCapacity } from '#cli/capacity-plan/planning/worker-capacity.ts';
import type { LatencySummary } from '#cli/capacity-plan/simulation/summarise-latencies.ts';
import { meanOf, type Workload } from '#cli/capacity-plan/simulation/workload.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface CapacityNeeds {
  readonly workload: Workload;
  readonly hardware: HardwareProfile;
  /** Share of requests that the score cache answers; `workload` is without them. */
  readonly scoreCacheRate: number;
  readonly adapters: number;
  readonly hotDocuments: number | null;
  /** Most that the slowest hundredth may take; null: as few workers as are not filled beyond `loadShareUsual`. */
  readonly p99Ms: number | null;
  /** The fleet that there is; null: as many as it takes. */
  readonly workers: number | null;
  /** Workers beyond those that the load needs. */
  readonly spare: number;
  readonly seed: number;
}

/** Latencies at one load. */
export interface LoadPoint extends LatencySummary {
  /** Of the capacity of the workers without the spare ones. */
  readonly share: number;
  readonly documentsPerSecond: number;
}

export interface CapacityPlan {
  readonly workers: number;
  readonly spare: number;
  /** Of each worker, while it never runs out of documents. */
  readonly documentsPerSecondOfWorker: number;
  /** The load that was asked about. */
  readonly load: LoadPoint;
  /** The same fleet at other loads. */
  readonly others: readonly LoadPoint[];
  readonly memory: MemoryPlan;
  /** Spare workers included; documents of the score cache count as scored. */
  readonly costPerMillionDocuments: number;
}

const otherShares = [0.5, 0.7, 0.9];

/** Of a fleet that gets more than it can take: the queue grows for ever. */
const endless: LatencySummary = {
  p50Ms: Number.POSITIVE_INFINITY,
  p95Ms: Number.POSITIVE_INFINITY,
  p99Ms: Number.POSITIVE_INFINITY,
};

/**
 * Workers, memory, cost and latencies for a load.
 * @throws ServiceError `invalid_request` when no fleet of this hardware reaches the target, or memory does not do
 */
export function planCapacity(needs: CapacityNeeds): CapacityPlan {
  const { workload, hardware, adapters, hotDocuments, seed, spare, scoreCacheRate } = needs;
  const documentTokens = meanOf(workload.documentTokens);
  const memory = planMemory({ hardware, adapters, documentTokens, hotDocuments });
  if (needs.workers !== null && needs.workers < memory.workersMin) throw tooFewForHot(needs.workers, memory);
  const documentsPerRequest = meanOf(workload.documentsPerRequest);
  const documentsPerSecond = workload.requestsPerSecond * documentsPerRequest;
  const p99At = (workers: number) => simulateLoad({ workload, workers, hardware, seed }).p99Ms;
  const capacityOf = (workers: number) => workerCapacity({ workload, hardware, workers, seed });
  const target = { documentsPerSecond, capacityOf, p99At, p99Ms: needs.p99Ms, workersMin: memory.workersMin };
  const workers = needs.workers ?? findWorkers(target);
  const documentsPerSecondOfWorker = capacityOf(workers);
  const point = (share: number): LoadPoint => {
    const rate = share * workers * documentsPerSecondOfWorker;
    if (share >= 1) return { share, documentsPerSecond: rate, ...endless };
    const atRate = { ...workload, requestsPerSecond: rate / documentsPerRequest };
    return { share, documentsPerSecond: rate, ...simulateLoad({ workload: atRate, workers, hardware, seed }) };
  };
  const documentsPerHour = (3_600 * documentsPerSecond) / (1 - scoreCacheRate);
  return {
    ...{ workers, spare, documentsPerSecondOfWorker, memory },
    load: point(documentsPerSecond / (workers * documentsPerSecondOfWorker)),
    others: otherShares.map(point),
    costPerMillionDocuments: ((workers + spare) * hardware.pricePerHour * 1e6) / documentsPerHour,
  };
}

function tooFewForHot(workers: number, { workersMin, prefixBytesMax }: MemoryPlan): ServiceError {
  const message = `The hot documents need ${workersMin} workers of ${prefixBytesMax} bytes for kept prefixes, not ${workers}.`;
  return new ServiceError('invalid_request', message);
}

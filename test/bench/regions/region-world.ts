import { continents, type Region, roundTripMs } from '#test/bench/regions/continents.ts';
import type { Policy } from '#test/bench/regions/policies.ts';
import { disturbedRegion, type Scenario, slowFactor } from '#test/bench/regions/scenarios.ts';
import { type DelayedWay, startDelayedWay } from '#test/bench/regions/start-delayed-way.ts';
import {
  type RegionalWorker,
  regionalWorkerPort,
  startRegionalWorker,
} from '#test/bench/regions/start-regional-worker.ts';
import { createWorkerNamespaces, type WorkerNamespace } from '#test/bench/regions/worker-namespaces.ts';

export interface WorldOptions {
  /** base64url. */
  readonly signingKey: string;
  readonly baseModel: string;
  readonly workersPerRegion: number;
  readonly threads: number;
  readonly documentMs: number;
}

/** Documents that a region's workers scored, for its own callers and for others'. */
export type ServedDocuments = Readonly<Record<Region, { readonly own: number; readonly guests: number }>>;

/** Workers of three continents, each in a namespace of its own, and the ways to them from each continent's edge. */
export interface RegionWorld {
  /** Lays the ways out as the policy has its workers, and returns GPU_WORKER_URLS for the edge of a continent. */
  workerUrls(policy: Policy, from: Region): string;
  /** Does to one region what the scenario says, or ends it. */
  disturb(policy: Policy, scenario: Scenario, isOn: boolean): void;
  served(): Promise<ServedDocuments>;
  stop(): void;
}

interface Place {
  readonly region: Region;
  readonly namespace: WorkerNamespace;
  readonly worker: RegionalWorker;
  readonly ways: ReadonlyMap<Region, DelayedWay>;
}

const regions = continents.map(({ region }) => region);

/** Throws an Error that says what it needs where namespaces cannot be made. */
export async function startRegionWorld(options: WorldOptions): Promise<RegionWorld> {
  const homes = regions.flatMap((region) => Array.from({ length: options.workersPerRegion }, () => region));
  const { namespaces, remove } = createWorkerNamespaces(homes.length);
  const places: Place[] = [];
  const stop = () => {
    for (const { worker, ways } of places) {
      worker.stop();
      for (const way of ways.values()) way.stop();
    }
    remove();
  };
  try {
    for (const [index, namespace] of namespaces.entries()) {
      const region = homes[index] ?? disturbedRegion;
      const ways = new Map<Region, DelayedWay>();
      places.push({ region, namespace, worker: await startRegionalWorker({ ...options, namespace }), ways });
      for (const from of regions) ways.set(from, await startDelayedWay(namespace.address, regionalWorkerPort));
    }
  } catch (error) {
    stop();
    throw error;
  }
  const layOut = (policy: Policy, slowness: number) => {
    for (const { region, worker, ways } of places) {
      const located = policy.locate(region);
      const factor = located === disturbedRegion ? slowness : 1;
      worker.setSlowness(factor);
      for (const [from, way] of ways) way.setRoundTrip(roundTripMs(from, located) * factor);
    }
  };
  return {
    workerUrls(policy, from) {
      layOut(policy, 1);
      return places.map(({ region, ways }) => policy.item(region, ways.get(from)?.url ?? '')).join(',');
    },
    disturb(policy, { disturbance }, isOn) {
      if (disturbance === 'slow') layOut(policy, isOn ? slowFactor : 1);
      if (disturbance !== 'lost') return;
      for (const { region, namespace } of places)
        if (policy.locate(region) === disturbedRegion) namespace.setCable(!isOn);
    },
    async served() {
      const counts = await Promise.all(
        places.map(async ({ region, worker }) => ({ region, ...(await worker.scored()) })),
      );
      const sumOf = (region: Region) => {
        const own = counts.filter((count) => count.region === region);
        const sum = (kind: 'own' | 'guests') => own.reduce((total, count) => total + count[kind], 0);
        return { own: sum('own'), guests: sum('guests') };
      };
      return { enam: sumOf('enam'), weur: sumOf('weur'), apac: sumOf('apac') };
    },
    stop,
  };
}

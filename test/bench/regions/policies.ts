import type { Region } from '#test/bench/regions/continents.ts';
import { disturbedRegion } from '#test/bench/regions/scenarios.ts';

/** A way to lay out and choose workers. The edge is the same in all: only its list of workers, and where these are, differs. */
export interface Policy {
  readonly name: string;
  readonly meaning: string;
  /** Where the workers are that another policy has in this region. */
  readonly locate: (region: Region) => Region;
  /** The worker's item in GPU_WORKER_URLS. */
  readonly item: (region: Region, url: string) => string;
}

export const policies: readonly Policy[] = [
  {
    name: 'regions',
    meaning: 'two workers in each continent, and the edge knows which',
    locate: (region) => region,
    item: (region, url) => `${region}=${url}`,
  },
  {
    name: 'everywhere',
    meaning: 'two workers in each continent, named without regions: documents go to any of the six at random, by hash',
    locate: (region) => region,
    item: (_, url) => url,
  },
  {
    name: 'single region',
    meaning: 'all six workers in North America',
    locate: () => disturbedRegion,
    item: (_, url) => `${disturbedRegion}=${url}`,
  },
];

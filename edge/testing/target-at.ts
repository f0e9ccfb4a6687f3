import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

/** A worker at an address, in a region if one is named. */
export function targetAt(url: string, region = 'unnamed'): WorkerTarget {
  return { id: url, url, region };
}

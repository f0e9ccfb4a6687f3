import { regionPlaces } from '#edge/gpu-workers/region-places.ts';
import type { WorkerTarget } from '#edge/gpu-workers/worker-target.ts';

/** Region of workers that are configured without one: nowhere in particular. */
const unnamedRegion = 'unnamed';

/** Shards of one gateway at most: each costs a call of its own. */
const gatewayShardsMax = 64;

/**
 * Reads GPU_WORKER_URLS: items separated by commas, each a base URL (`https://gpu-1.example`), one with its region (`weur=https://…`), or a gateway with
 * the region and the number of shards that it spreads over its workers (`weur*12=https://…`). Adds a sentence to `problems` for each fault.
 */
export function parseWorkerTargets(text: string, problems: string[]): WorkerTarget[] {
  const items = text
    .split(',')
    .map((item) => item.trim().replace(/\/+$/, ''))
    .filter((item) => item !== '');
  if (items.length === 0) problems.push('GPU_WORKER_URLS names no worker; write at least one http(s) URL');
  const targets = items.flatMap((item) => parseItem(item, problems));
  const ids = targets.map(({ id }) => id);
  const urls = [...new Set(targets.flatMap(({ id, url }, index) => (ids.indexOf(id) === index ? [] : [url])))];
  for (const url of urls) problems.push(`GPU_WORKER_URLS names a worker twice: "${url}"`);
  return targets;
}

function parseItem(item: string, problems: string[]): WorkerTarget[] {
  const [, region, shardsText, url = item] = /^([a-z]+)(?:\*(\d+))?=(.*)$/.exec(item) ?? [];
  if (region === undefined && /^[^:/?]*=/.test(item)) {
    problems.push(`GPU_WORKER_URLS: "${item}" must be URL, REGION=URL or REGION*SHARDS=URL`);
    return [];
  }
  if (!isBaseUrl(url)) {
    problems.push(`GPU_WORKER_URLS: "${url}" is not an http(s) URL without query and fragment`);
    return [];
  }
  if (region === undefined) return [{ id: url, url, region: unnamedRegion }];
  if (!regionPlaces.has(region)) {
    const known = [...regionPlaces.keys()].join(', ');
    problems.push(`GPU_WORKER_URLS: "${region}" is no region; there are ${known}`);
    return [];
  }
  if (shardsText === undefined) return [{ id: url, url, region }];
  const shards = Number(shardsText);
  if (shards < 1 || shards > gatewayShardsMax) {
    problems.push(`GPU_WORKER_URLS: "${region}*${shardsText}" must have 1 to ${gatewayShardsMax} shards`);
    return [];
  }
  return Array.from({ length: shards }, (_, index) => {
    const shard = String(index);
    return { id: `${url}#${shard}`, url, region, shard };
  });
}

function isBaseUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '';
}

import type { EntryAddress, SharedTier } from '#edge/score-cache/score-cache.ts';

/** What is used of the Workers runtime's `caches`. */
export interface CacheStorageLike {
  readonly open: (name: string) => Promise<{
    readonly match: (url: string) => Promise<Response | undefined>;
    readonly put: (url: string, response: Response) => Promise<void>;
  }>;
}

/** The runtime's own `caches`. Their type is known where the edge is compiled alone; the scripts that read its routes compile it with Node's types. */
export function runtimeCaches(): CacheStorageLike {
  return (globalThis as unknown as { readonly caches: CacheStorageLike }).caches;
}

/** A cache of its own name: requests from outside are never answered from it, whatever their path. */
const cacheName = 'hintrank-scores';
const urlOf = ({ origin, key }: EntryAddress) => `${origin}/.scores/${key}`;

/** The Cache API as the shared tier: one place's isolates share it, other places have their own. It may forget at any time. */
export function createCacheApiTier(caches: CacheStorageLike): SharedTier {
  return {
    get: async (address) => {
      const found = await (await caches.open(cacheName)).match(urlOf(address));
      return found?.text();
    },
    put: async (address, text, ttlSeconds) => {
      const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${ttlSeconds}` };
      await (await caches.open(cacheName)).put(urlOf(address), new Response(text, { headers }));
    },
  };
}

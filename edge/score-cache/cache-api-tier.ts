import type { SharedTier } from '#edge/score-cache/score-cache.ts';

/** What is used of the Workers runtime's `caches`. */
export interface CacheStorageLike {
  readonly open: (name: string) => Promise<{
    readonly match: (url: string) => Promise<Response | undefined>;
    readonly put: (url: string, response: Response) => Promise<void>;
  }>;
}

/** A cache of its own name holds nothing that a request from outside could ask for; the host is one that cannot exist. */
const cacheName = 'hintrank-scores';
const urlOf = (key: string) => `https://scores.invalid/${key}`;

/** The Cache API as the shared tier: one place's isolates share it, other places have their own. It may forget at any time. */
export function createCacheApiTier(caches: CacheStorageLike): SharedTier {
  return {
    get: async (key) => {
      const found = await (await caches.open(cacheName)).match(urlOf(key));
      return found?.text();
    },
    put: async (key, text, ttlSeconds) => {
      const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${ttlSeconds}` };
      await (await caches.open(cacheName)).put(urlOf(key), new Response(text, { headers }));
    },
  };
}

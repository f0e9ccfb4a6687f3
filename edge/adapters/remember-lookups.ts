import { LRUCache } from 'lru-cache';
import type { AdapterStore, AdapterVersion } from '#edge/adapters/adapter-version.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Milliseconds for which a version that was found goes on being served while the database is gone: as long as a cached API key does. */
export const lookupMemoryMs = 60_000;

/** Lookups remembered by an isolate; each is a few hundred bytes. */
const lookupsMax = 10_000;

/**
 * A store whose last answers stand in while the database does not answer. While it does, every lookup asks it: a moved alias counts from the next
 * request on. Another answer, also that there is no such version, replaces the remembered one.
 */
export function rememberLookups(store: AdapterStore, now: () => number): AdapterStore {
  const found = new LRUCache<string, { readonly version: AdapterVersion; readonly untilMs: number }>({
    max: lookupsMax,
  });
  return {
    ...store,
    find: async (tenantId, name, selector) => {
      const key = JSON.stringify([tenantId, name, selector]);
      try {
        const version = await store.find(tenantId, name, selector);
        if (version === undefined) found.delete(key);
        else found.set(key, { version, untilMs: now() + lookupMemoryMs });
        return version;
      } catch (error) {
        const remembered = found.get(key);
        const gone = error instanceof ServiceError && error.code === 'adapter_unavailable';
        if (gone && remembered !== undefined && now() < remembered.untilMs) return remembered.version;
        throw error;
      }
    },
  };
}

import { LRUCache } from 'lru-cache';
import { equalInConstantTime } from '#edge/api-keys/equal-in-constant-time.ts';
import type { FindApiKey, KeyLookup, ReadKeyRow, StoredApiKey } from '#edge/api-keys/key-lookup.ts';
import { innermostCause } from '#edge/http/innermost-cause.ts';
import type { Log } from '#edge/log.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';

/** Milliseconds for which an isolate trusts a row it read: how long a revoked key may go on, and how long known keys outlive a database that is down. */
export const knownKeyTtlMs = 60_000;

/** Milliseconds for which an unknown key is remembered: spares the database a misconfigured client's retries, yet a new key works soon. */
export const unknownKeyTtlMs = 5_000;

/** Entries of each cache. Unknown keys have a cache of their own, so that inventing keys cannot push real ones out. */
const cachedKeysMax = 10_000;

interface Cached<Value> {
  readonly value: Value;
  readonly freshUntilMs: number;
}

export interface ApiKeyFinderOptions {
  readonly pepper: string;
  readonly readKeyRow: ReadKeyRow;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Finds keys by their hash, through an isolate's memory. The caller checks expiry, revocation and scope on every request. */
export function createApiKeyFinder({ pepper, readKeyRow, now, log }: ApiKeyFinderOptions): FindApiKey {
  const known = new LRUCache<string, Cached<StoredApiKey>>({ max: cachedKeysMax });
  const unknown = new LRUCache<string, Cached<true>>({ max: cachedKeysMax });

  return async (key): Promise<KeyLookup> => {
    const hash = await hashApiKey(pepper, key);
    const cached = fresh(known.get(hash), now());
    if (cached !== undefined) return { kind: 'found', apiKey: cached };
    if (fresh(unknown.get(hash), now()) !== undefined) return { kind: 'unknown' };
    let row: StoredApiKey | undefined;
    try {
      row = await readKeyRow(hash);
    } catch (error) {
      log({ level: 'error', event: 'key_store_unavailable', message: innermostCause(error).message });
      return { kind: 'unavailable' };
    }
    if (row === undefined || !equalInConstantTime(row.hash, hash)) {
      unknown.set(hash, { value: true, freshUntilMs: now() + unknownKeyTtlMs });
      return { kind: 'unknown' };
    }
    known.set(hash, { value: row, freshUntilMs: now() + knownKeyTtlMs });
    return { kind: 'found', apiKey: row };
  };
}

function fresh<Value>(cached: Cached<Value> | undefined, nowMs: number): Value | undefined {
  return cached !== undefined && nowMs < cached.freshUntilMs ? cached.value : undefined;
}

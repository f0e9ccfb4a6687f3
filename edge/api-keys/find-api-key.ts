import { LRUCache } from 'lru-cache';
import { equalInConstantTime } from '#edge/api-keys/equal-in-constant-time.ts';
import type { FindApiKey, ForgetApiKey, ReadKeyRow, StoredApiKey } from '#edge/api-keys/key-lookup.ts';
import { innermostCause } from '#edge/http/innermost-cause.ts';
import type { Log } from '#edge/log.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';

/** Milliseconds for which an isolate trusts a row, from before it asked for it: how long a revoked key may go on, and how long known keys outlive a database that is down. */
export const knownKeyTtlMs = 60_000;

/** Milliseconds for which an unknown key is remembered: spares the database a misconfigured client's retries, yet a new key works soon. */
export const unknownKeyTtlMs = 5_000;

/** Milliseconds after which a database that has not answered counts as down: its rows come in tens of them. */
export const readTimeoutMs = 5_000;

/** Entries of each cache. Unknown keys have a cache of their own, so that inventing keys cannot push real ones out. */
const cachedKeysMaxDefault = 10_000;

interface Cached<Value> {
  readonly value: Value;
  readonly freshUntilMs: number;
}

export interface ApiKeyFinderOptions {
  readonly pepper: string;
  readonly readKeyRow: ReadKeyRow;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A signal that aborts after so many milliseconds. */
  readonly timeoutSignal: (milliseconds: number) => AbortSignal;
  readonly log: Log;
  /** Entries of each cache; default 10,000. */
  readonly cachedKeysMax?: number;
}

export interface ApiKeyFinder {
  readonly find: FindApiKey;
  readonly forget: ForgetApiKey;
}

/** Finds keys by their hash, through an isolate's memory. The caller checks expiry, revocation and scope on every request. */
export function createApiKeyFinder({
  pepper,
  readKeyRow,
  now,
  timeoutSignal,
  log,
  cachedKeysMax = cachedKeysMaxDefault,
}: ApiKeyFinderOptions): ApiKeyFinder {
  const known = new LRUCache<string, Cached<StoredApiKey>>({ max: cachedKeysMax });
  const unknown = new LRUCache<string, Cached<true>>({ max: cachedKeysMax });

  const find: FindApiKey = async (key) => {
    const hash = await hashApiKey(pepper, key);
    const cached = fresh(known.get(hash), now());
    if (cached !== undefined) return { kind: 'found', apiKey: cached };
    if (fresh(unknown.get(hash), now()) !== undefined) return { kind: 'unknown' };
    const askedAtMs = now();
    let row: StoredApiKey | undefined;
    try {
      row = await answerBefore(timeoutSignal(readTimeoutMs), readKeyRow(hash));
    } catch (error) {
      log({ level: 'error', event: 'key_store_unavailable', message: innermostCause(error).message });
      return { kind: 'unavailable' };
    }
    if (row === undefined || !equalInConstantTime(row.hash, hash)) {
      unknown.set(hash, { value: true, freshUntilMs: askedAtMs + unknownKeyTtlMs });
      return { kind: 'unknown' };
    }
    known.set(hash, { value: row, freshUntilMs: askedAtMs + knownKeyTtlMs });
    return { kind: 'found', apiKey: row };
  };
  return { find, forget: (hash) => void known.delete(hash) };
}

function fresh<Value>(cached: Cached<Value> | undefined, nowMs: number): Value | undefined {
  return cached !== undefined && nowMs < cached.freshUntilMs ? cached.value : undefined;
}

function answerBefore<Value>(timeout: AbortSignal, answer: Promise<Value>): Promise<Value> {
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new Error(`no answer within ${readTimeoutMs} ms`)), { once: true });
  });
  return Promise.race([answer, late]);
}

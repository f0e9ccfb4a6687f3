import { LRUCache } from 'lru-cache';
import { answerBefore } from '#edge/answer-before.ts';
import { equalInConstantTime } from '#edge/api-keys/equal-in-constant-time.ts';
import type {
  FindApiKey,
  ForgetApiKey,
  MoveKeyRow,
  PepperedHash,
  ReadKeyRows,
  StoredApiKey,
} from '#edge/api-keys/key-lookup.ts';
import { innermostCause } from '#edge/http/innermost-cause.ts';
import type { Log } from '#edge/log.ts';
import { hashApiKey } from '#shared/api-keys/hash-api-key.ts';
import type { Peppers } from '#shared/api-keys/parse-peppers.ts';
import { pepperId } from '#shared/api-keys/pepper-id.ts';

/** Milliseconds for which an isolate trusts a row, from before it asked for it: how long a revoked key may go on, and how long known keys outlive a database that is down. */
export const knownKeyTtlMs = 60_000;

/** Milliseconds for which an unknown key is remembered: spares the database a misconfigured client's retries, yet a new key works soon. */
export const unknownKeyTtlMs = 5_000;

/** Milliseconds after which a database that has not answered counts as down: its rows come in tens of them. */
export const readTimeoutMs = 5_000;

const lateMessage = `no answer within ${readTimeoutMs} ms`;

/** Entries of each cache. Unknown keys have a cache of their own, so that inventing keys cannot push real ones out. */
const cachedKeysMaxDefault = 10_000;

interface Cached<Value> {
  readonly value: Value;
  readonly freshUntilMs: number;
}

export interface ApiKeyFinderOptions {
  readonly peppers: Peppers;
  readonly readKeyRows: ReadKeyRows;
  readonly moveKeyRow: MoveKeyRow;
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

/**
 * Finds keys by their hash under any of the peppers, through an isolate's memory. A key whose row is not under the current one is moved there. The caller
 * checks expiry, revocation and scope on every request.
 */
export function createApiKeyFinder({
  peppers,
  readKeyRows,
  moveKeyRow,
  now,
  timeoutSignal,
  log,
  cachedKeysMax = cachedKeysMaxDefault,
}: ApiKeyFinderOptions): ApiKeyFinder {
  const known = new LRUCache<string, Cached<StoredApiKey>>({ max: cachedKeysMax });
  const unknown = new LRUCache<string, Cached<true>>({ max: cachedKeysMax });

  const move = async (row: StoredApiKey, moved: PepperedHash): Promise<void> => {
    try {
      await moveKeyRow(row, moved);
    } catch (error) {
      // The next reading of the row finds the same work.
      log({ level: 'warn', event: 'key_not_moved', key: row.id, message: innermostCause(error).message });
    }
  };

  const find: FindApiKey = async (key) => {
    const hash = await hashApiKey(peppers.current, key);
    const cached = fresh(known.get(hash), now());
    if (cached !== undefined) return { kind: 'found', apiKey: cached };
    if (fresh(unknown.get(hash), now()) !== undefined) return { kind: 'unknown' };
    const askedAtMs = now();
    const hashes = [hash, ...(await Promise.all(peppers.others.map((other) => hashApiKey(other, key))))];
    let rows: readonly StoredApiKey[];
    try {
      rows = await answerBefore(timeoutSignal(readTimeoutMs), readKeyRows(hashes), () => new Error(lateMessage));
    } catch (error) {
      log({ level: 'error', event: 'key_store_unavailable', message: innermostCause(error).message });
      return { kind: 'unavailable' };
    }
    const row = hashes
      .map((wanted) => rows.find((candidate) => equalInConstantTime(candidate.hash, wanted)))
      .find((candidate) => candidate !== undefined);
    if (row === undefined) {
      unknown.set(hash, { value: true, freshUntilMs: askedAtMs + unknownKeyTtlMs });
      return { kind: 'unknown' };
    }
    known.set(hash, { value: row, freshUntilMs: askedAtMs + knownKeyTtlMs });
    const moved = { hash, pepperId: await pepperId(peppers.current) };
    const isMoved = row.hash === moved.hash && row.pepperId === moved.pepperId;
    return { kind: 'found', apiKey: row, ...(isMoved ? {} : { move: move(row, moved) }) };
  };

  // By id: a row's hash may be under another pepper than the one that keys are remembered by.
  const forget: ForgetApiKey = (id) => {
    for (const [hash, { value }] of known.entries()) {
      if (value.id !== id) continue;
      known.delete(hash);
      return;
    }
  };
  return { find, forget };
}

function fresh<Value>(cached: Cached<Value> | undefined, nowMs: number): Value | undefined {
  return cached !== undefined && nowMs < cached.freshUntilMs ? cached.value : undefined;
}

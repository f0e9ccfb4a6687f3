import { LRUCache } from 'lru-cache';
import type { Log } from '#edge/log.ts';
import { mergeEntries, readEntry, type ScoreEntry, sizeOfEntry, writeEntry } from '#edge/score-cache/score-entry.ts';

/** Where an entry lies. */
export interface EntryAddress {
  /** Of scoreCacheKey. */
  readonly key: string;
  /** Origin of the request (`https://api.example`): the platform wants keys of its cache under the Worker's own host. */
  readonly origin: string;
}

/** The tier that isolates of one place share: texts under addresses, for a time. */
export interface SharedTier {
  readonly get: (address: EntryAddress) => Promise<string | undefined>;
  readonly put: (address: EntryAddress, text: string, ttlSeconds: number) => Promise<void>;
}

export interface ScoreCacheOptions {
  /** Bytes of the isolate's memory for entries; 0: nothing is cached at all. */
  readonly memoryBytesMax: number;
  readonly ttlSeconds: number;
  /** undefined: memory alone. */
  readonly shared: SharedTier | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Scores of earlier requests: first from the isolate's memory, then from the tier that isolates share. */
export interface ScoreCache {
  readonly enabled: boolean;
  /** What is known there; the slower tier is asked only where the faster one lacks some of the wanted documents. Never rejects. */
  readonly find: (address: EntryAddress, wanted: readonly string[]) => Promise<ScoreEntry | undefined>;
  /** Adds fresh scores: visible in this isolate at once, elsewhere when the promise resolves. Never rejects: what cannot be kept is computed again. */
  readonly add: (address: EntryAddress, fresh: ScoreEntry) => Promise<void>;
}

/** An entry may take this share of the memory at most; with less, one query would push out all others. */
const entryShareMax = 0.5;

export function createScoreCache({ memoryBytesMax, ttlSeconds, shared, now, log }: ScoreCacheOptions): ScoreCache {
  if (memoryBytesMax === 0 || ttlSeconds === 0) {
    return { enabled: false, find: async () => undefined, add: async () => undefined };
  }
  const memory = new LRUCache<string, ScoreEntry>({
    maxSize: memoryBytesMax,
    maxEntrySize: Math.floor(memoryBytesMax * entryShareMax),
    sizeCalculation: sizeOfEntry,
    ttl: ttlSeconds * 1000,
    ttlResolution: 0,
    perf: { now },
  });
  const report = (error: unknown) => log({ level: 'warn', event: 'score_cache_failed', message: String(error) });

  return {
    enabled: true,
    find: async (address, wanted) => {
      const { key } = address;
      const known = memory.get(key);
      if (shared === undefined || wanted.every((digest) => known?.scores.has(digest))) return known;
      const text = await shared.get(address).catch(report);
      const found = text === undefined ? undefined : readEntry(text);
      if (found === undefined) return memory.get(key);
      // Another request of this isolate may have added scores while this one read.
      const merged = mergeEntries(found, memory.get(key) ?? found);
      memory.set(key, merged);
      return merged;
    },
    add: async (address, fresh) => {
      const { key } = address;
      const merged = mergeEntries(memory.get(key), fresh);
      memory.set(key, merged);
      await shared?.put(address, writeEntry(merged), ttlSeconds).catch(report);
    },
  };
}

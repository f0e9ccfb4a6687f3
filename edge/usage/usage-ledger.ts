import { LRUCache } from 'lru-cache';
import { innermostCause } from '#edge/http/innermost-cause.ts';
import type { Log } from '#edge/log.ts';
import { addCounts, type UsageEntry } from '#edge/usage/usage-counts.ts';
import { usageDay } from '#edge/usage/usage-day.ts';

/** Milliseconds for which an isolate trusts what it read of a key's tokens; what other isolates count meanwhile is not seen. */
export const readTtlMs = 60_000;

/** Milliseconds after which a write that has not ended counts as lost: the platform ends background work that long after its request. */
export const writeLostMs = 30_000;

/** Milliseconds after which a request's background work leaves the writing to a later request's, well before the platform ends it. */
export const writerTurnMs = 15_000;

/** Entries of one write, a statement each. */
const writtenEntriesMax = 50;

/** Keys that are remembered and days that wait to be written at most. */
export const entriesMax = 10_000;

export interface UsageLedgerOptions {
  readonly store: {
    /** Adds to the stored counters, all or none. */
    readonly add: (entries: readonly UsageEntry[]) => Promise<void>;
    readonly tokensUsed: (keyId: string, day: string) => Promise<number>;
  };
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Waits before a write, so that what is counted meanwhile goes with it. */
  readonly pause: () => Promise<void>;
  readonly log: Log;
}

/**
 * An isolate's account of what keys use: counts in memory, and writes sums to the store, one write at a time however many requests end. Lost are at most
 * the counts of a pause, with the isolate; a write that fails is tried again after the next request.
 */
export class UsageLedger {
  readonly #options: UsageLedgerOptions;
  /** Not yet being written, by key and day. */
  #waiting = new Map<string, UsageEntry>();
  #writing: readonly UsageEntry[] = [];
  #writingSinceMs: number | undefined;
  readonly #tokens = new LRUCache<string, { day: string; tokens: number; freshUntilMs: number }>({ max: entriesMax });

  constructor(options: UsageLedgerOptions) {
    this.#options = options;
  }

  /** Counts at once, in memory; `flush` writes. */
  count(entry: UsageEntry): void {
    this.#wait(entry);
    const known = this.#tokens.get(entry.keyId);
    if (known?.day === entry.day) known.tokens += entry.tokens;
  }

  /** Tokens of the key today: the stored ones as last read, and those of this isolate. While the store does not answer: what is known. */
  async tokensUsed(keyId: string): Promise<number> {
    const { store, now, log } = this.#options;
    const day = usageDay(now());
    const known = this.#tokens.get(keyId);
    if (known?.day === day && now() < known.freshUntilMs) return known.tokens;
    const unwritten = () =>
      [...this.#writing, ...this.#waiting.values()]
        .filter((entry) => entry.keyId === keyId && entry.day === day)
        .reduce((sum, { tokens }) => sum + tokens, 0);
    try {
      const tokens = (await store.tokensUsed(keyId, day)) + unwritten();
      this.#tokens.set(keyId, { day, tokens, freshUntilMs: now() + readTtlMs });
      return tokens;
    } catch (error) {
      log({ level: 'warn', event: 'usage_not_read', keyId, message: innermostCause(error).message });
      return known?.day === day ? known.tokens : unwritten();
    }
  }

  /** Writes what waits, in turns of a pause and a write, unless another call is at it. Never throws: what could not be written waits on. */
  async flush(): Promise<void> {
    const { store, now, pause, log } = this.#options;
    if (this.#writingSinceMs !== undefined && now() - this.#writingSinceMs < writeLostMs) return;
    if (this.#writing.length > 0) log({ level: 'error', event: 'usage_lost', entries: this.#writing.length });
    this.#writing = [];
    const startedAtMs = now();
    this.#writingSinceMs = startedAtMs;
    // Whoever took a stalled write for lost has begun another.
    const isCurrent = () => this.#writingSinceMs === startedAtMs;
    try {
      do {
        await pause();
        await this.#writeWaiting(store, isCurrent);
      } while (this.#waiting.size > 0 && isCurrent() && now() - startedAtMs < writerTurnMs);
    } catch (error) {
      log({ level: 'warn', event: 'usage_not_written', message: innermostCause(error).message });
      if (isCurrent()) for (const entry of this.#writing) this.#wait(entry);
      if (isCurrent()) this.#writing = [];
    }
    if (isCurrent()) this.#writingSinceMs = undefined;
  }

  /** Writes what waits at this moment; what is counted meanwhile waits for the next pause. */
  async #writeWaiting(store: UsageLedgerOptions['store'], isCurrent: () => boolean): Promise<void> {
    for (let left = this.#waiting.size; left > 0 && isCurrent(); left -= writtenEntriesMax) {
      const taken = [...this.#waiting].slice(0, Math.min(left, writtenEntriesMax));
      for (const [name] of taken) this.#waiting.delete(name);
      this.#writing = taken.map(([, entry]) => entry);
      await store.add(this.#writing);
      if (isCurrent()) this.#writing = [];
    }
  }

  #wait(entry: UsageEntry): void {
    const name = `${entry.keyId} ${entry.day}`;
    const waiting = this.#waiting.get(name);
    if (waiting === undefined && this.#waiting.size >= entriesMax) {
      this.#options.log({ level: 'error', event: 'usage_lost', entries: 1 });
      return;
    }
    this.#waiting.set(name, waiting === undefined ? entry : { ...entry, ...addCounts(waiting, entry) });
  }
}

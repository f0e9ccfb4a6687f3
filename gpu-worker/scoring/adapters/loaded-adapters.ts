import { LRUCache } from 'lru-cache';
import type { AdapterReference } from '#gpu-worker/scoring/adapters/adapter-reference.ts';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { waitUnlessAborted } from '#gpu-worker/scoring/adapters/wait-unless-aborted.ts';
import type { AdapterSummary, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface LoadedAdaptersOptions {
  readonly engine: Pick<ScoringEngine, 'loadAdapter' | 'unloadAdapter'>;
  readonly store: AdapterStore;
  /** Bytes of adapter files that may be loaded, or on their way, at once. */
  readonly bytesMax: number;
  readonly now: () => number;
}

interface Entry {
  readonly summary: Promise<AdapterSummary>;
  /** Calls that wait for it or score with it. */
  uses: number;
  bytes: number;
  settled: boolean;
}

/** Milliseconds for which a failed load is remembered, so that a bad adapter under load costs one download and not one a request. */
const failureMemoryMs = 30_000;

/** The same for a store that is gone: short, because the store may be back at any moment. */
const outageMemoryMs = 5_000;

/** More would only be a leak: an adapter holds thousands of bytes at least. */
const entriesMax = 10_000;

/** The adapters that the engine holds: one download a digest however many wait, the least recently used unloaded first, never one in use. */
export class LoadedAdapters {
  readonly #options: LoadedAdaptersOptions;
  readonly #entries = new LRUCache<string, Entry>({ max: entriesMax });
  readonly #failures: LRUCache<string, ServiceError>;
  readonly #unloading = new Map<string, Promise<void>>();
  #bytes = 0;

  constructor(options: LoadedAdaptersOptions) {
    this.#options = options;
    this.#failures = new LRUCache({
      max: entriesMax,
      ttl: failureMemoryMs,
      ttlResolution: 0,
      perf: { now: options.now },
    });
  }

  /** Digests of the adapters that are ready to use, most recently used first. */
  digests(): string[] {
    return [...this.#entries.keys()].filter((digest) => this.#entries.peek(digest)?.settled === true);
  }

  /** Runs `work` with the adapter loaded, and keeps it loaded meanwhile. Throws what the store and `loadAdapter` throw, `overloaded`, or the signal's reason. */
  async use<Result>(
    adapter: AdapterReference,
    signal: AbortSignal,
    work: (summary: AdapterSummary) => Promise<Result>,
  ): Promise<Result> {
    const entry = this.#entries.get(adapter.digest) ?? this.#start(adapter);
    entry.uses += 1;
    try {
      return await work(await waitUnlessAborted(entry.summary, signal));
    } finally {
      entry.uses -= 1;
    }
  }

  #start(adapter: AdapterReference): Entry {
    const remembered = this.#failures.get(adapter.digest);
    if (remembered !== undefined) throw remembered;
    const entry: Entry = {
      uses: 0,
      bytes: 0,
      settled: false,
      summary: Promise.resolve().then(() => this.#load(adapter, entry)),
    };
    this.#entries.set(adapter.digest, entry);
    entry.summary.then(
      () => {
        entry.settled = true;
      },
      (error: unknown) => this.#forget(adapter.digest, entry, error),
    );
    return entry;
  }

  async #load(adapter: AdapterReference, entry: Entry): Promise<AdapterSummary> {
    await this.#unloading.get(adapter.digest);
    const file = await this.#options.store.fetch(adapter, (bytes) => this.#reserve(adapter, entry, bytes));
    return this.#options.engine.loadAdapter(file);
  }

  /** A full house is no fault of the adapter, so it is not remembered. */
  #forget(digest: string, entry: Entry, error: unknown): void {
    this.#entries.delete(digest);
    this.#bytes -= entry.bytes;
    if (!(error instanceof ServiceError) || error.code === 'overloaded') return;
    this.#failures.set(digest, error, { ttl: error.code === 'adapter_unavailable' ? outageMemoryMs : failureMemoryMs });
  }

  #reserve(adapter: AdapterReference, entry: Entry, bytes: number): void {
    const { bytesMax } = this.#options;
    for (const digest of this.#entries.rkeys()) {
      if (this.#bytes + bytes <= bytesMax) break;
      const other = this.#entries.peek(digest);
      if (other?.settled === true && other.uses === 0) this.#unload(digest, other);
    }
    if (this.#bytes + bytes > bytesMax) {
      const message = `Adapter "${adapter.name}" needs ${bytes} bytes; ${this.#bytes} of ${bytesMax} are taken by adapters in use.`;
      throw new ServiceError('overloaded', message, { retryAfterSeconds: 1 });
    }
    entry.bytes = bytes;
    this.#bytes += bytes;
  }

  #unload(digest: string, entry: Entry): void {
    this.#entries.delete(digest);
    this.#bytes -= entry.bytes;
    const unloading = this.#options.engine.unloadAdapter(digest).finally(() => this.#unloading.delete(digest));
    this.#unloading.set(digest, unloading);
  }
}

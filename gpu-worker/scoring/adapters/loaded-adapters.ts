import { LRUCache } from 'lru-cache';
import type { AdapterReference } from '#gpu-worker/scoring/adapters/adapter-reference.ts';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { LoadFailures } from '#gpu-worker/scoring/adapters/load-failures.ts';
import { waitUnlessAborted } from '#gpu-worker/scoring/adapters/wait-unless-aborted.ts';
import type { AdapterSummary, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface LoadedAdaptersOptions {
  readonly engine: Pick<ScoringEngine, 'loadAdapter' | 'unloadAdapter'>;
  readonly store: AdapterStore;
  /** Bytes of adapter files that may be loaded, or on their way, at once. */
  readonly bytesMax: number;
  /** Digests that are never unloaded to make room. */
  readonly pinned?: ReadonlySet<string>;
  readonly now: () => number;
}

/** What the adapters did since the start, and what they take. */
export interface AdapterStatistics {
  /** Bytes of files that are loaded or on their way. */
  readonly bytes: number;
  readonly bytesMax: number;
  /** Uses of an adapter that was there, or on its way. */
  readonly hits: number;
  readonly loads: number;
  /** Adapters that were unloaded to make room. */
  readonly evictions: number;
}

interface Entry {
  readonly summary: Promise<AdapterSummary>;
  /** Calls that wait for it or score with it. */
  uses: number;
  bytes: number;
  settled: boolean;
}

/** More would only be a leak: an adapter holds thousands of bytes at least. */
const entriesMax = 10_000;

/** The adapters that the engine holds: one download a digest however many wait, the least recently used unloaded first, never one in use. */
export class LoadedAdapters {
  readonly #options: LoadedAdaptersOptions;
  readonly #entries = new LRUCache<string, Entry>({ max: entriesMax });
  readonly #failures: LoadFailures;
  readonly #unloading = new Map<string, Promise<void>>();
  #bytes = 0;
  #hits = 0;
  #loads = 0;
  #evictions = 0;

  constructor(options: LoadedAdaptersOptions) {
    this.#options = options;
    this.#failures = new LoadFailures(options.now);
  }

  /** Digests of the adapters that are ready to use, most recently used first. */
  digests(): string[] {
    return [...this.#entries.keys()].filter((digest) => this.#entries.peek(digest)?.settled === true);
  }

  statistics(): AdapterStatistics {
    const bytes = { bytes: this.#bytes, bytesMax: this.#options.bytesMax };
    return { ...bytes, hits: this.#hits, loads: this.#loads, evictions: this.#evictions };
  }

  /** Runs `work` with the adapter loaded, and keeps it loaded meanwhile. Throws what the store and `loadAdapter` throw, `overloaded`, or the signal's reason. */
  async use<Result>(
    adapter: AdapterReference,
    signal: AbortSignal,
    work: (summary: AdapterSummary) => Promise<Result>,
  ): Promise<Result> {
    const known = this.#entries.get(adapter.digest);
    if (known !== undefined) this.#hits += 1;
    const entry = known ?? this.#start(adapter);
    entry.uses += 1;
    try {
      return await work(await waitUnlessAborted(entry.summary, signal));
    } catch (error) {
      if (entry.settled && isLost(error)) this.#lose(adapter.digest, entry);
      throw error;
    } finally {
      entry.uses -= 1;
    }
  }

  #start(adapter: AdapterReference): Entry {
    const remembered = this.#failures.find(adapter.digest);
    if (remembered !== undefined) throw remembered;
    const entry: Entry = {
      uses: 0,
      bytes: 0,
      settled: false,
      summary: Promise.resolve()
        .then(() => this.#load(adapter, entry))
        .catch((error: unknown) => {
          throw this.#fail(adapter, entry, error);
        }),
    };
    this.#entries.set(adapter.digest, entry);
    entry.summary.then(
      () => {
        entry.settled = true;
        this.#loads += 1;
        this.#failures.clear(adapter.digest);
      },
      () => undefined,
    );
    return entry;
  }

  async #load(adapter: AdapterReference, entry: Entry): Promise<AdapterSummary> {
    await this.#unloading.get(adapter.digest);
    const file = await this.#options.store.fetch(adapter, (bytes) => this.#reserve(adapter, entry, bytes));
    return this.#options.engine.loadAdapter(file);
  }

  #fail(adapter: AdapterReference, entry: Entry, error: unknown): ServiceError {
    this.#forget(adapter.digest, entry);
    return this.#failures.add(adapter, error);
  }

  /** The engine gave the adapter up; the next caller has it loaded again. */
  #lose(digest: string, entry: Entry): void {
    if (this.#entries.peek(digest) === entry) this.#forget(digest, entry);
  }

  #forget(digest: string, entry: Entry): void {
    this.#entries.delete(digest);
    this.#bytes -= entry.bytes;
    entry.bytes = 0;
  }

  #reserve(adapter: AdapterReference, entry: Entry, bytes: number): void {
    const { bytesMax, pinned } = this.#options;
    // A load that finds its file on disk damaged reserves again for the one that it downloads.
    this.#bytes -= entry.bytes;
    entry.bytes = 0;
    for (const digest of this.#entries.rkeys()) {
      if (this.#bytes + bytes <= bytesMax) break;
      const other = this.#entries.peek(digest);
      if (other?.settled === true && other.uses === 0 && pinned?.has(digest) !== true) this.#unload(digest, other);
    }
    if (this.#bytes + bytes > bytesMax) {
      const message = `Adapter "${adapter.name}" needs ${bytes} bytes; ${this.#bytes} of ${bytesMax} are taken by adapters that are in use or pinned.`;
      throw new ServiceError('overloaded', message, { retryAfterSeconds: 1 });
    }
    entry.bytes = bytes;
    this.#bytes += bytes;
  }

  #unload(digest: string, entry: Entry): void {
    this.#forget(digest, entry);
    this.#evictions += 1;
    const unloading = this.#options.engine.unloadAdapter(digest).finally(() => this.#unloading.delete(digest));
    this.#unloading.set(digest, unloading);
  }
}

/** What the engine says of an adapter that it does not hold. */
function isLost(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'adapter_unavailable';
}

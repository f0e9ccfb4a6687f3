import { LRUCache } from 'lru-cache';
import type { AdapterReference } from '#gpu-worker/scoring/adapters/adapter-reference.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Milliseconds for which a failed load is remembered, so that a bad adapter under load costs one download and not one a request. */
const failureMemoryMs = 30_000;

/** The same for a store that is gone: short, because the store may be back at any moment. */
const outageMemoryMs = 5_000;

/** An adapter that ends scoring threads is left alone for twice as long each time, up to an hour: each try costs a thread. */
const crashMemoryMsMax = 3_600_000;

/** More would only be a leak; each is a digest and a sentence. */
const entriesMax = 10_000;

/** Loads that failed lately, and how often in a row a load has ended a thread. */
export class LoadFailures {
  readonly #remembered: LRUCache<string, ServiceError>;
  readonly #crashes = new LRUCache<string, number>({ max: entriesMax });

  constructor(now: () => number) {
    this.#remembered = new LRUCache({ max: entriesMax, ttl: failureMemoryMs, ttlResolution: 0, perf: { now } });
  }

  /** What to answer without trying again, or undefined. */
  find(digest: string): ServiceError | undefined {
    return this.#remembered.get(digest);
  }

  /** Remembers a failure as long as it deserves, and returns what callers are told. A full house is no fault of the adapter: it is not remembered. */
  add({ digest, name }: AdapterReference, error: unknown): ServiceError {
    if (error instanceof ServiceError) {
      if (error.code === 'overloaded' || error.code === 'not_ready') return error;
      this.#remembered.set(digest, error, {
        ttl: error.code === 'adapter_unavailable' ? outageMemoryMs : failureMemoryMs,
      });
      return error;
    }
    const crashes = (this.#crashes.get(digest) ?? 0) + 1;
    this.#crashes.set(digest, crashes);
    // Once may be the thread's own end; then another worker may try. Twice is the adapter's doing, and no worker should.
    const ttl = crashes === 1 ? outageMemoryMs : Math.min(crashMemoryMsMax, failureMemoryMs * 2 ** (crashes - 2));
    const code = crashes === 1 ? 'adapter_unavailable' : 'invalid_adapter';
    const often = crashes === 1 ? '' : ` ${crashes} times`;
    const message = `Adapter "${name}" could not be loaded: the thread that took it ended${often}; it is tried again in ${ttl / 1_000} s at the earliest.`;
    const fault = new ServiceError(code, message, { retryAfterSeconds: ttl / 1_000, cause: error });
    this.#remembered.set(digest, fault, { ttl });
    return fault;
  }

  /** A load that went well ends the count. */
  clear(digest: string): void {
    this.#crashes.delete(digest);
  }
}

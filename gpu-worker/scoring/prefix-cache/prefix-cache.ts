import { LRUCache } from 'lru-cache';
import type { KeyValues } from '#gpu-worker/scoring/suffix-feeds.ts';

/** What a cached prefix takes beside its numbers: some sixty typed arrays, key and list entries. */
const overheadBytes = 16_384;

/** What a cache did since it was made, and what it holds. */
export interface PrefixCacheStatistics {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly entries: number;
  readonly bytes: number;
}

interface Entry {
  readonly keyValues: KeyValues;
  readonly buffer: ArrayBuffer;
}

/**
 * Keys and values of prefixes by their digest, least recently used first out, within `bytesMax`. Recomputing costs as many milliseconds a byte for
 * a long prefix as for a short one, so there is nothing to gain from weighing entries by cost.
 *
 * Memory of what is thrown out is given back at once, not when the garbage collector comes by, or the budget would be exceeded by whatever it is late;
 * `release` says when nobody reads it any more.
 */
export class PrefixCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #thrownOut: ArrayBuffer[] = [];
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  /** @param bytesMax 0 keeps nothing */
  constructor(bytesMax: number) {
    this.#entries = new LRUCache({
      // The library takes no 0; one byte is less than any entry has.
      maxSize: Math.max(1, Math.floor(bytesMax)),
      sizeCalculation: ({ buffer }) => buffer.byteLength + overheadBytes,
      dispose: ({ buffer }, _key, reason) => {
        if (reason === 'evict') this.#evictions += 1;
        this.#thrownOut.push(buffer);
      },
    });
  }

  get(key: string): KeyValues | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#misses += 1;
    else this.#hits += 1;
    return entry?.keyValues ?? null;
  }

  /** Keeps a prefix, unless it is larger than the whole budget. What is returned is to be read from now on: it may be a copy. */
  set(key: string, keyValues: KeyValues): KeyValues {
    const entry = joinBuffers(keyValues);
    this.#entries.set(key, entry);
    return entry.keyValues;
  }

  /** Gives back the memory of what was thrown out: no run may read it any more. */
  release(): void {
    for (const buffer of this.#thrownOut.splice(0)) buffer.transfer(0);
  }

  statistics(): PrefixCacheStatistics {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      entries: this.#entries.size,
      bytes: this.#entries.calculatedSize,
    };
  }
}

/** The same numbers in one stretch of memory, which can be given back as a whole; where they lie so already, no copy is made. */
function joinBuffers(keyValues: KeyValues): Entry {
  const { length, tensors } = keyValues;
  const bytes = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const common = tensors[0]?.buffer;
  if (common instanceof ArrayBuffer && common.byteLength === bytes && tensors.every(({ buffer }) => buffer === common))
    return { keyValues, buffer: common };
  const buffer = new ArrayBuffer(bytes);
  let offset = 0;
  const joined = tensors.map((tensor) => {
    const copy =
      tensor instanceof Float32Array
        ? new Float32Array(buffer, offset, tensor.length)
        : new Uint16Array(buffer, offset, tensor.length);
    copy.set(tensor);
    offset += tensor.byteLength;
    return copy;
  });
  return { keyValues: { length, tensors: joined }, buffer };
}

import type { KeyValues } from '#gpu-worker/scoring/key-values.ts';

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
  readonly bytes: number;
  uses: number;
  /** The lowest goes first; of equal ones, the one that was not used for longest. */
  rank: number;
}

/**
 * Keys and values of prefixes by their digest, within `bytesMax`. What was used least goes first, uses that lie further back counting less: an entry's rank
 * is its uses, added to the rank of what went last when it was used last. So what many queries meet outlasts a request for a thousand documents that nobody asks
 * for again, and what was once popular does not stay for ever. Recomputing costs as many milliseconds a byte for a long prefix as for a short one, so
 * there is nothing to gain from weighing entries by cost (docs/decisions/0027-work-that-documents-share.md).
 *
 * Memory of what is thrown out is given back at once, not when the garbage collector comes by, or the budget would be exceeded by whatever it is late;
 * `release` says when nobody reads it any more.
 */
export class PrefixCache {
  readonly #bytesMax: number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #thrownOut: ArrayBuffer[] = [];
  #lastRank = 0;
  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  /** @param bytesMax 0 keeps nothing */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(key: string): KeyValues | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#misses += 1;
      return null;
    }
    this.#hits += 1;
    entry.uses += 1;
    entry.rank = this.#lastRank + entry.uses;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.keyValues;
  }

  /** Keeps a prefix, unless it is larger than the whole budget. What is returned is to be read from now on: it may be a copy. */
  set(key: string, keyValues: KeyValues): KeyValues {
    const joined = joinBuffers(keyValues);
    const bytes = joined.buffer.byteLength + overheadBytes;
    const replaced = this.#entries.get(key);
    if (replaced !== undefined) this.#remove(key, replaced);
    if (bytes > this.#bytesMax) return joined.keyValues;
    while (this.#bytes + bytes > this.#bytesMax) this.#evict();
    this.#entries.set(key, { ...joined, bytes, uses: 1, rank: this.#lastRank + 1 });
    this.#bytes += bytes;
    return joined.keyValues;
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
      bytes: this.#bytes,
    };
  }

  /** Looks at all entries, which some thousand of them let it do in less than a thousandth of what making a prefix takes. */
  #evict(): void {
    let lowest: [string, Entry] | null = null;
    for (const entry of this.#entries) if (lowest === null || entry[1].rank < lowest[1].rank) lowest = entry;
    if (lowest === null) throw new Error(`an empty cache of ${this.#bytesMax} bytes holds ${this.#bytes}`);
    this.#remove(...lowest);
    this.#lastRank = lowest[1].rank;
    this.#evictions += 1;
  }

  #remove(key: string, { buffer, bytes }: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= bytes;
    this.#thrownOut.push(buffer);
  }
}

/** The same numbers in one stretch of memory, which can be given back as a whole; where they lie so already, no copy is made. */
function joinBuffers(keyValues: KeyValues): Pick<Entry, 'keyValues' | 'buffer'> {
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

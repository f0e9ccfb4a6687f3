import type { ByteSource } from '#gpu-worker/weights/byte-source.ts';
import type { GgufNumbers } from '#gpu-worker/weights/gguf-value.ts';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Bytes read ahead of the header's parser. A header of a few megabytes is then a handful of reads. */
const windowBytes = 1 << 20;

/** Fatal, so that two broken strings never become the same text; the byte-order mark is a token like any other. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the little-endian header of a GGUF file in order. Every length is checked against the bytes that are left before anything is allocated for it. */
export class GgufCursor {
  readonly #source: ByteSource;
  readonly #window: Uint8Array;
  readonly #view: DataView;
  #windowStart = 0;
  #windowEnd = 0;
  #position = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.#window = new Uint8Array(Math.min(windowBytes, source.size));
    this.#view = new DataView(this.#window.buffer);
  }

  /** Byte offset of what is read next. */
  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#source.size - this.#position;
  }

  fault(what: string, offset: number, reason: string): Error {
    return weightsFault(`${this.#source.label}: ${what}`, offset, reason);
  }

  uint8(what: string): number {
    return this.#view.getUint8(this.#take(1, what));
  }
  int8(what: string): number {
    return this.#view.getInt8(this.#take(1, what));
  }
  uint16(what: string): number {
    return this.#view.getUint16(this.#take(2, what), true);
  }
  int16(what: string): number {
    return this.#view.getInt16(this.#take(2, what), true);
  }
  uint32(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }
  int32(what: string): number {
    return this.#view.getInt32(this.#take(4, what), true);
  }
  float32(what: string): number {
    return this.#view.getFloat32(this.#take(4, what), true);
  }
  float64(what: string): number {
    return this.#view.getFloat64(this.#take(8, what), true);
  }
  uint64(what: string): bigint {
    return this.#view.getBigUint64(this.#take(8, what), true);
  }
  int64(what: string): bigint {
    return this.#view.getBigInt64(this.#take(8, what), true);
  }

  /** A 64-bit count, length, dimension or offset that must not exceed `maximum`; `limit` says where the maximum comes from. */
  count(what: string, maximum: number, limit: string): number {
    const offset = this.#position;
    const value = this.uint64(what);
    if (value > BigInt(Math.max(0, Math.floor(maximum))))
      throw this.fault(what, offset, `${value} exceeds the maximum of ${Math.max(0, Math.floor(maximum))} (${limit})`);
    return Number(value);
  }

  /** A length-prefixed UTF-8 string of at most `bytesMax` bytes. */
  string(what: string, bytesMax: number): string {
    const length = this.count(
      `length of ${what}`,
      Math.min(bytesMax, this.remaining - 8),
      this.remaining - 8 < bytesMax ? 'the bytes left in the file' : 'bytes a string may have here',
    );
    const offset = this.#position;
    const bytes = this.#bytes(length, what);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.fault(what, offset, `its ${length} bytes are not UTF-8`);
    }
  }

  /** Fills a typed array whose bytes the caller has checked against `remaining`. */
  fill(array: GgufNumbers, what: string): void {
    this.#check(array.byteLength, what);
    this.#source.read(this.#position, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    this.#position += array.byteLength;
  }

  #bytes(length: number, what: string): Uint8Array {
    if (length <= this.#window.length) {
      const start = this.#take(length, what);
      return this.#window.subarray(start, start + length);
    }
    const bytes = new Uint8Array(length);
    this.fill(bytes, what);
    return bytes;
  }

  #check(length: number, what: string): void {
    if (length > this.remaining) {
      throw this.fault(
        what,
        this.#position,
        `${length} bytes are needed, but the file ends at byte ${this.#source.size}`,
      );
    }
  }

  /** Makes `length` bytes available in the window, moves past them, and returns where in the window they start. */
  #take(length: number, what: string): number {
    this.#check(length, what);
    if (this.#position < this.#windowStart || this.#position + length > this.#windowEnd) {
      const size = Math.min(this.#window.length, this.remaining);
      this.#source.read(this.#position, this.#window.subarray(0, size));
      this.#windowStart = this.#position;
      this.#windowEnd = this.#position + size;
    }
    const start = this.#position - this.#windowStart;
    this.#position += length;
    return start;
  }
}

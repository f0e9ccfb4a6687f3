import type { CreateReadableOptions, Reader } from '@zip.js/zip.js/lib/zip-core-reader.js';

export interface ArchiveWindowOptions {
  /** Bytes of the archive. */
  readonly bytes: number;
  /** Its bytes from one offset to before another. */
  readonly read: (from: number, to: number) => Promise<Uint8Array>;
  /** Bytes that are fetched at once, on multiples of it; two blocks are held. */
  readonly blockBytes: number;
}

/** Blocks that are held: directory and data of a member may lie in two. */
const heldBlocksMax = 2;

/** Blocks of the longest piece that is read at once: only a directory of many thousand members is longer. */
const pieceBlocksMax = 2;

/**
 * Bytes that are unpacked at once. Deflate makes at most 1,032 bytes of one, and the runtime's inflater hands nothing on before it has unpacked all that it
 * was given: these become 16 MiB at most.
 */
const unpackedPieceBytes = 16_384;

/** A piece that would take more memory than an archive's may. */
export class PieceTooLargeError extends Error {
  constructor() {
    super('a piece of the archive is too large to be held');
    this.name = 'PieceTooLargeError';
  }
}

/** An archive in the store as zip.js reads it, small piece by small piece: from large blocks of which few are held. */
export class ArchiveWindow implements Reader<unknown> {
  readonly size: number;
  readonly #options: ArchiveWindowOptions;
  readonly #blocks = new Map<number, Uint8Array>();
  /** What the store threw, which zip.js may wrap. */
  fault: unknown;

  constructor(options: ArchiveWindowOptions) {
    this.#options = options;
    this.size = options.bytes;
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.createReadable();
  }

  createReadable({ offset = 0, size = this.size }: CreateReadableOptions = {}): ReadableStream<Uint8Array> {
    const end = Math.min(offset + size, this.size);
    let at = offset;
    return new ReadableStream({
      pull: async (controller) => {
        const piece = await this.readUint8Array(at, Math.min(unpackedPieceBytes, end - at));
        at += piece.length;
        if (piece.length > 0) controller.enqueue(piece);
        if (at >= end) controller.close();
      },
    });
  }

  async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const { blockBytes, bytes } = this.#options;
    const end = Math.min(index + length, bytes);
    if (end - index > pieceBlocksMax * blockBytes) throw new PieceTooLargeError();
    const piece = new Uint8Array(Math.max(0, end - index));
    for (let at = index; at < end; ) {
      const block = Math.floor(at / blockBytes);
      const held = await this.#block(block);
      const part = held.subarray(at - block * blockBytes, end - block * blockBytes);
      piece.set(part, at - index);
      at += part.length;
    }
    return piece;
  }

  async #block(block: number): Promise<Uint8Array> {
    const held = this.#blocks.get(block);
    if (held !== undefined) return held;
    const { blockBytes, bytes, read } = this.#options;
    const from = block * blockBytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size < heldBlocksMax) break;
      this.#blocks.delete(oldest);
    }
    try {
      const fetched = await read(from, Math.min(from + blockBytes, bytes));
      this.#blocks.set(block, fetched);
      return fetched;
    } catch (error) {
      this.fault ??= error;
      throw error;
    }
  }
}

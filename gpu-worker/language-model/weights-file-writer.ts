import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { StoredTensor } from '#gpu-worker/language-model/weight-manifest.ts';

/** Page size: aligned tensors can be mapped by the runtime instead of copied. */
const alignmentBytes = 4_096;

/** Appends named tensors to a converted weights file and remembers where each one is. One open file descriptor; call `close`. */
export class WeightsFileWriter {
  readonly tensors: Record<string, StoredTensor> = {};
  readonly #descriptor: number;
  #position = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx', 0o644);
  }

  /** Writes one tensor from consecutive blocks, so that only a block is in memory. A name written twice throws. */
  write(
    name: string,
    type: StoredTensor['type'],
    shape: readonly number[],
    blocks: Iterable<Float32Array | Uint16Array | Int8Array>,
  ): void {
    if (Object.hasOwn(this.tensors, name)) throw new Error(`the tensor "${name}" is written twice`);
    const offset = Math.ceil(this.#position / alignmentBytes) * alignmentBytes;
    let position = offset;
    for (const block of blocks) {
      const bytes = new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
      for (let written = 0; written < bytes.byteLength; ) {
        written += writeSync(this.#descriptor, bytes, written, bytes.byteLength - written, position + written);
      }
      position += bytes.byteLength;
    }
    this.tensors[name] = { type, shape, offset, length: position - offset };
    this.#position = position;
  }

  close(): void {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }
}

import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sweepAbandoned } from '#gpu-worker/files/sweep-abandoned.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import type { KeyValues } from '#gpu-worker/scoring/key-values.ts';

const extension = '.kv';
const temporaryExtension = '.tmp';

/**
 * Keys and values of frozen prefixes on disk, in float16 (4.4 MB for 192 tokens of the default model): computed once for all epochs, looks at
 * the dev queries, and later runs. One file per prefix, named by the digest of its token ids; it appears whole or not at all, so threads and
 * processes may share the folder, which belongs to one model. Reading costs 2 ms where computing costs 250.
 */
export class PrefixStore {
  readonly #folder: string;
  readonly #config: ModelConfig;
  #bytesLeft: number;

  /** @param bytesToAdd bytes that this store may still write */
  constructor(folder: string, config: ModelConfig, bytesToAdd: number) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#config = config;
    this.#bytesLeft = bytesToAdd;
  }

  /** @param into reused for the result, which holds until the next call with the same one: at some 500 prefixes a minute, new memory each time is gigabytes */
  get(ids: readonly number[], into: GrowingBuffer): KeyValues | null {
    const path = this.#pathOf(ids);
    const { layers } = this.#config;
    const values = this.#valuesPerTensor(ids.length);
    const size = values * layers * 2 * Uint16Array.BYTES_PER_ELEMENT;
    const bytes = readWhole(path, size, into);
    if (bytes === null) return null;
    markUsed(path);
    const all = new Uint16Array(bytes.buffer, bytes.byteOffset, values * layers * 2);
    const tensors = Array.from({ length: layers * 2 }, (_, index) =>
      all.subarray(index * values, (index + 1) * values),
    );
    return { length: ids.length, tensors };
  }

  /** Keeps a prefix if there is room. */
  set(ids: readonly number[], { tensors }: KeyValues): void {
    const bytes = tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
    if (bytes > this.#bytesLeft) return;
    const path = this.#pathOf(ids);
    const temporary = `${path}.${randomUUID()}${temporaryExtension}`;
    const whole = new Uint8Array(bytes);
    let offset = 0;
    for (const { buffer, byteOffset, byteLength } of tensors) {
      whole.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
      offset += byteLength;
    }
    try {
      writeFileSync(temporary, whole);
      renameSync(temporary, path);
      this.#bytesLeft -= bytes;
    } catch (error) {
      // A full disk must not end a training run: it goes on with what is kept already.
      rmSync(temporary, { force: true });
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      this.#bytesLeft = 0;
    }
  }

  #valuesPerTensor(tokens: number): number {
    return tokens * this.#config.keyValueHeads * this.#config.headSize;
  }

  #pathOf(ids: readonly number[]): string {
    const digest = createHash('sha256').update(Uint32Array.from(ids)).digest('hex');
    return join(this.#folder, `${digest.slice(0, 40)}${extension}`);
  }
}

/** Memory that is used again and again for what is at most as large as the largest so far. */
export class GrowingBuffer {
  #bytes = new Uint8Array(0);

  take(size: number): Uint8Array {
    if (this.#bytes.byteLength < size) this.#bytes = new Uint8Array(size);
    return this.#bytes.subarray(0, size);
  }
}

/** What was used longest ago is removed first. */
function markUsed(path: string): void {
  const now = new Date();
  unlessSwept(() => utimesSync(path, now, now));
}

/** null where another process has removed the file meanwhile. */
function unlessSwept<Result>(use: () => Result): Result | null {
  try {
    return use();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** The file's bytes when there are exactly `size`; else it was written by a disk that ran full, or by nobody of ours: computed anew. */
function readWhole(path: string, size: number, into: GrowingBuffer): Uint8Array | null {
  if (statSync(path, { throwIfNoEntry: false })?.size !== size) return null;
  const file = unlessSwept(() => openSync(path, 'r'));
  if (file === null) return null;
  try {
    const bytes = into.take(size);
    return readSync(file, bytes, 0, size, 0) === size ? bytes : null;
  } finally {
    closeSync(file);
  }
}

/**
 * Makes room in a store's folder: removes what was used longest ago until at least a quarter of `bytesMax` is free, but only when less than
 * that is, and what killed processes left half-written. Other processes may be using the folder. Returns the bytes that may be added.
 */
export function sweepPrefixes(folder: string, bytesMax: number): number {
  if (!existsSync(folder)) return bytesMax;
  sweepAbandoned(folder, (name) => name.endsWith(temporaryExtension));
  const files = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = name.endsWith(extension) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    return found === undefined ? [] : [{ path, size: found.size, mtimeMs: found.mtimeMs }];
  });
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.toSorted((left, right) => left.mtimeMs - right.mtimeMs)) {
    if (total <= bytesMax * 0.75) break;
    rmSync(path, { force: true });
    total -= size;
  }
  return Math.max(0, bytesMax - total);
}

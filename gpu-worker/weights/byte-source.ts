import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { weightsFault } from '#gpu-worker/weights/weights-fault.ts';

/** Random-access bytes of known size: a file read by position, or bytes in memory. Reading never moves a cursor, so readers can share one. */
export interface ByteSource {
  /** How messages name it, usually the path. */
  readonly label: string;
  /** Bytes in all, fixed when the source was opened. */
  readonly size: number;
  /**
   * Fills `into` from `offset`.
   * @throws ServiceError `invalid_weights` when the range is not inside the source, or the file has shrunk since it was opened
   */
  read(offset: number, into: Uint8Array): void;
  close(): void;
}

/**
 * Opens a regular file for reading by position.
 * @throws ServiceError `invalid_weights` when it cannot be opened or is not a regular file (opening a pipe would wait for ever)
 */
export function openByteSource(path: string): ByteSource {
  let descriptor: number;
  try {
    if (!statSync(path).isFile()) throw weightsFault(path, null, 'is not a regular file');
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw weightsFault(path, null, `cannot be opened (${error.message.split(',')[0] ?? ''})`, error);
    }
    throw error;
  }
  const size = fstatSync(descriptor).size;
  let open = true;
  return {
    label: path,
    size,
    read(offset, into) {
      checkRange(path, size, offset, into.length);
      let filled = 0;
      while (filled < into.length) {
        const got = readSync(descriptor, into, filled, into.length - filled, offset + filled);
        if (got === 0)
          throw weightsFault(
            path,
            offset + filled,
            `the file has shrunk below the ${size} bytes it had when it was opened`,
          );
        filled += got;
      }
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

/** A source over bytes that are already in memory. */
export function byteSourceOf(bytes: Uint8Array, label = 'weights'): ByteSource {
  return {
    label,
    size: bytes.length,
    read(offset, into) {
      checkRange(label, bytes.length, offset, into.length);
      into.set(bytes.subarray(offset, offset + into.length));
    },
    close() {},
  };
}

function checkRange(label: string, size: number, offset: number, length: number): void {
  if (offset < 0 || offset + length > size)
    throw weightsFault(label, offset, `${length} bytes are needed, but the file ends at byte ${size}`);
}

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { checkOutputPath } from '#gpu-worker/files/check-output-path.ts';

interface AtomicFile {
  /** Resolves when the stream takes more, so that a fast producer waits for the disk. */
  write(piece: string | Uint8Array): Promise<void>;
  /** Flushes and renames. */
  commit(): Promise<void>;
  /** Removes the temporary file; the file that stood at `path` stays as it was. */
  discard(): Promise<void>;
}

/**
 * Writes a file that appears whole or not at all: `produce` writes beside its place, and when it has succeeded the file is renamed over `path`.
 * When it fails, what stood at `path` stays as it was.
 * @throws ServiceError `invalid_request` when the folder does not exist or `path` is a folder, else what `produce` throws
 */
export async function writeAtomically(
  path: string,
  produce: (write: AtomicFile['write']) => Promise<void>,
): Promise<void> {
  const file = await openAtomicFile(path);
  try {
    await produce(file.write);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function openAtomicFile(path: string): Promise<AtomicFile> {
  await checkOutputPath(path);
  const temporaryPath = `${path}.${process.pid}.tmp`;
  const stream = createWriteStream(temporaryPath, { flags: 'w', flush: true });
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  await once(stream, 'open');

  const throwFailure = (): void => {
    if (failure !== undefined) throw failure;
  };
  return {
    async write(piece) {
      throwFailure();
      if (!stream.write(piece)) await once(stream, 'drain');
      throwFailure();
    },
    async commit() {
      throwFailure();
      stream.end();
      await once(stream, 'close');
      throwFailure();
      await rename(temporaryPath, path);
    },
    async discard() {
      stream.destroy();
      await rm(temporaryPath, { force: true });
    },
  };
}

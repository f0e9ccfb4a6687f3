import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ServiceError } from '#shared/errors/service-error.ts';

/** A file that appears whole or not at all: written beside its place, then renamed over it. */
export interface AtomicFile {
  /** Resolves when the stream takes more, so that a fast producer waits for the disk. */
  write(text: string): Promise<void>;
  /** Flushes and renames. */
  commit(): Promise<void>;
  /** Removes the temporary file; the file that stood at `path` stays as it was. */
  discard(): Promise<void>;
}

/**
 * Opens `path` for an atomic write.
 * @throws ServiceError `invalid_request` when the folder does not exist or `path` is a folder
 */
export async function openAtomicFile(path: string): Promise<AtomicFile> {
  await refuseBadTarget(path);
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
    async write(text) {
      throwFailure();
      if (!stream.write(text)) await once(stream, 'drain');
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

async function refuseBadTarget(path: string): Promise<void> {
  const target = await stat(path).catch(() => null);
  if (target?.isDirectory()) throw new ServiceError('invalid_request', `The output ${path} is a folder; name a file.`);
  const folder = await stat(dirname(path)).catch(() => null);
  if (!folder?.isDirectory())
    throw new ServiceError('invalid_request', `The folder of the output ${path} does not exist.`);
}

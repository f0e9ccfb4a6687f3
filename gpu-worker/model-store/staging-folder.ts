import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceError } from '#shared/errors/service-error.ts';

const prefix = '.fetching-';
/** A fetch that is older was killed: no download takes a day. */
const staleAfterMs = 24 * 3_600_000;

/**
 * Runs `use` with a fresh folder inside `parent`, on the same file system, so that its result can be moved into place by one rename.
 * The folder is removed whatever happens, as are those of fetches that were killed long ago. Each process has its own, so that two can
 * fetch the same model: the last rename wins, with the same bytes.
 * @throws ServiceError `not_ready` when the disk is full
 */
export async function withStagingFolder<Result>(
  parent: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  try {
    await mkdir(parent, { recursive: true });
    await removeStaleFolders(parent, Date.now());
    const folder = await mkdtemp(join(parent, prefix));
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw diskFull(parent, error);
    throw error;
  }
}

export function diskFull(folder: string, cause?: unknown): ServiceError {
  return new ServiceError('not_ready', `The disk that holds ${folder} is full: free some space and fetch again.`, {
    cause,
  });
}

async function removeStaleFolders(parent: string, nowMs: number): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(parent, name);
    const age = nowMs - ((await stat(path).catch(() => null))?.mtimeMs ?? nowMs);
    if (age > staleAfterMs) await rm(path, { recursive: true, force: true });
  }
}

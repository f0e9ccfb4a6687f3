import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { type BeirMembers, beirPaths, findBeirMembers } from '#shared/beir/find-beir-members.ts';
import { limits } from '#shared/limits.ts';

/** The archive holds no BEIR data set, or a damaged one; the message is a clause. */
export class BrokenArchiveError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenArchiveError';
  }
}

/**
 * Unpacks the files of a BEIR data set, and nothing else of the archive, into `folder`. Its SHA-256 was checked when it came.
 * @throws BrokenArchiveError, or the disk's own error
 */
export async function unpackBeirArchive(archive: string, folder: string): Promise<void> {
  try {
    const zip = await yauzl.openPromise(archive, { lazyEntries: true, autoClose: false });
    try {
      await unpack(zip, folder);
    } finally {
      zip.close();
    }
  } catch (error) {
    // zlib and yauzl fail without a system call; the disk does not.
    if (error instanceof BrokenArchiveError || (error instanceof Error && 'syscall' in error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrokenArchiveError(`it cannot be unpacked: ${reason}`, { cause: error });
  }
}

async function unpack(zip: yauzl.ZipFile, folder: string): Promise<void> {
  const entries = new Map<string, yauzl.Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.size > limits.archiveMembersMax)
      throw new BrokenArchiveError(`it has more than ${limits.archiveMembersMax} files`);
    if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
  }
  const members = findBeirMembers([...entries.keys()]);
  if (typeof members === 'string') throw new BrokenArchiveError(members);
  const parts = (Object.keys(beirPaths) as (keyof BeirMembers)[]).flatMap((part) => {
    const entry = entries.get(members[part] ?? '');
    return entry === undefined ? [] : [{ entry, path: join(folder, beirPaths[part]) }];
  });
  const unpacked = parts.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  if (unpacked > limits.datasetBytesMax)
    throw new BrokenArchiveError(`it has ${unpacked} bytes unpacked, the limit is ${limits.datasetBytesMax}`);
  for (const { entry, path } of parts) {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { flush: true }));
  }
}

import {
  ERR_BAD_FORMAT,
  ERR_ENCRYPTED_CENTRAL_DIRECTORY,
  ERR_EOCDR_NOT_FOUND,
  ERR_SPLIT_ZIP_FILE,
  type FileEntry,
  ZipReader,
} from '@zip.js/zip.js/lib/zip-core-reader.js';
import { formatCount } from '#edge/format-count.ts';
import { type ArchiveWindow, PieceTooLargeError } from '#edge/training/datasets/archive/archive-window.ts';
import { type BeirMembers, findBeirMembers } from '#shared/beir/find-beir-members.ts';
import { limits } from '#shared/limits.ts';

export type ArchiveEntries = { readonly [Part in keyof BeirMembers]: FileEntry | null };

/** The archive cannot be used; the message is a clause. */
export class ArchiveProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArchiveProblem';
  }
}

/** Methods of compression that are read: stored and deflated. */
const methods: readonly number[] = [0, 8];

const readingFaults: Readonly<Record<string, string>> = {
  [ERR_BAD_FORMAT]: 'it is no zip archive',
  [ERR_EOCDR_NOT_FOUND]: 'it is no zip archive, or its end is missing',
  [ERR_SPLIT_ZIP_FILE]: 'it is one part of an archive that was split',
  [ERR_ENCRYPTED_CENTRAL_DIRECTORY]: 'its directory is encrypted',
};

/** The entries of the five files of a BEIR data set. Throws ArchiveProblem, and what the store throws. */
export async function openArchive(window: ArchiveWindow): Promise<ArchiveEntries> {
  const files = await listFiles(window);
  const members = findBeirMembers(files.map(({ filename }) => filename));
  if (typeof members === 'string') throw new ArchiveProblem(members);
  const entryOf = (name: string | null) => files.find(({ filename }) => filename === name) ?? null;
  const { corpus, queries, train, dev, test } = members;
  const entries = {
    corpus: entryOf(corpus),
    queries: entryOf(queries),
    train: entryOf(train),
    dev: entryOf(dev),
    test: entryOf(test),
  };
  refuseUnreadable(Object.values(entries).filter((entry) => entry !== null));
  return entries;
}

async function listFiles(window: ArchiveWindow): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  let members = 0;
  try {
    for await (const entry of new ZipReader(window, { useWebWorkers: false }).getEntriesGenerator()) {
      members += 1;
      if (members > limits.archiveMembersMax) {
        throw new ArchiveProblem(`it has more than ${formatCount(limits.archiveMembersMax)} files and folders`);
      }
      if (!entry.directory) files.push(entry);
    }
  } catch (error) {
    if (window.fault !== undefined) throw window.fault;
    if (error instanceof ArchiveProblem) throw error;
    if (error instanceof PieceTooLargeError) throw new ArchiveProblem('its directory is too large');
    const known = readingFaults[error instanceof Error ? error.message : ''];
    throw new ArchiveProblem(known ?? 'its directory is damaged');
  }
  return files;
}

function refuseUnreadable(entries: readonly FileEntry[]): void {
  for (const { filename, encrypted, compressionMethod } of entries) {
    if (encrypted) throw new ArchiveProblem(`${filename} is encrypted`);
    if (methods.includes(compressionMethod)) continue;
    throw new ArchiveProblem(
      `${filename} is compressed by method ${compressionMethod}; only stored (0) and deflated (8) files are read`,
    );
  }
  const unpacked = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (unpacked <= limits.datasetBytesMax) return;
  throw new ArchiveProblem(
    `its files have ${formatCount(unpacked)} bytes unpacked, the limit is ${formatCount(limits.datasetBytesMax)}`,
  );
}

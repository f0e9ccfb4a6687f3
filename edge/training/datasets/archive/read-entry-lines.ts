import { ERR_ENTRY_DATA_OUT_OF_BOUNDS, ERR_INVALID_CRC32, type FileEntry } from '@zip.js/zip.js/lib/zip-core-reader.js';
import type { ArchiveWindow } from '#edge/training/datasets/archive/archive-window.ts';
import { ArchiveProblem } from '#edge/training/datasets/archive/open-archive.ts';
import { LineSplitter } from '#edge/training/datasets/line-splitter.ts';
import { limits } from '#shared/limits.ts';

export interface EntryLines {
  /** What the entry is read from. */
  readonly window: ArchiveWindow;
  readonly signal: AbortSignal;
  /** Each line without its end; undefined for one that is too long. `number` from 1. */
  readonly onLine: (line: Uint8Array | undefined, number: number) => void;
}

/** Unpacks a file of an archive and hands on its lines; its CRC-32 and sizes are checked. Throws ArchiveProblem, and what the store throws. */
export async function readEntryLines(entry: FileEntry, { window, signal, onLine }: EntryLines): Promise<void> {
  const { filename, uncompressedSize } = entry;
  let number = 0;
  let unpacked = 0;
  const splitter = new LineSplitter(limits.datasetLineBytesMax, (line) => onLine(line, ++number));
  const lines = new WritableStream<Uint8Array>({
    write: (chunk) => {
      unpacked += chunk.length;
      // What the directory says was compared with the limit; what is there must not be more.
      if (unpacked > uncompressedSize) throw new ArchiveProblem(`${filename} has more bytes than the archive says`);
      splitter.push(chunk);
    },
  });
  try {
    await entry.getData(lines, { checkCrc32: true, checkOverlappingEntry: true, signal });
  } catch (error) {
    if (window.fault !== undefined) throw window.fault;
    throw error instanceof ArchiveProblem ? error : new ArchiveProblem(`${filename} ${describe(error)}`);
  }
  if (unpacked < uncompressedSize) throw new ArchiveProblem(`${filename} has fewer bytes than the archive says`);
  splitter.finish();
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (message === ERR_INVALID_CRC32) return 'is damaged: its CRC-32 is another';
  return message === ERR_ENTRY_DATA_OUT_OF_BOUNDS ? 'is cut off' : 'is damaged';
}

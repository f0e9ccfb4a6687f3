import { readRange } from '#edge/object-store/read-range.ts';
import type { S3Requests } from '#edge/object-store/s3-requests.ts';
import { ArchiveCheck, archiveParts } from '#edge/training/datasets/archive/archive-check.ts';
import { ArchiveWindow } from '#edge/training/datasets/archive/archive-window.ts';
import { ArchiveProblem, openArchive } from '#edge/training/datasets/archive/open-archive.ts';
import { readEntryLines } from '#edge/training/datasets/archive/read-entry-lines.ts';
import type { DatasetVerdict } from '#edge/training/datasets/dataset-check.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface StoredArchive {
  readonly key: string;
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/** 4 MiB: 50 calls for the largest archive, 8 MiB of the isolate's memory. */
const blockBytes = 4_194_304;

/**
 * Checks an archive that lies in the store as training will read it: by its directory, which stands at its end. Judgements first, then queries, then the
 * corpus, whatever their order in the archive. Throws ServiceError `adapter_store_unavailable`, also for a store that hangs, and `request_cancelled` when
 * the sender has gone.
 */
export async function checkArchive(s3: S3Requests, { key, bytes, signal }: StoredArchive): Promise<DatasetVerdict> {
  const read = (from: number, to: number) => readRange(s3, { key, from, to, signal });
  const window = new ArchiveWindow({ bytes, read, blockBytes });
  try {
    const entries = await openArchive(window);
    const check = new ArchiveCheck({ hasDev: entries.dev !== null });
    for (const part of archiveParts) {
      const entry = entries[part];
      if (entry === null) continue;
      await readEntryLines(entry, { window, signal, onLine: (line, number) => check.add(part, line, number) });
    }
    return check.finish();
  } catch (error) {
    if (signal.aborted) throw new ServiceError('request_cancelled');
    if (error instanceof ArchiveProblem)
      return { kind: 'invalid', message: `The archive is not valid: ${error.message}.` };
    throw error;
  }
}

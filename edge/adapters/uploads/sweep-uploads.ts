import type { AdapterManagement } from '#edge/adapters/adapter-management.ts';
import { discardUpload } from '#edge/adapters/uploads/discard-upload.ts';

/** Milliseconds after its URLs expire in which a transfer that began before may still end. */
const graceMs = 15 * 60_000;

/**
 * Deletes uploads that nobody completed in time, bytes first. One that cannot be deleted now is left to a later sweep. Returns how many are
 * gone. Throws ServiceError `adapter_store_unavailable` when the database does not answer.
 */
export async function sweepUploads(management: AdapterManagement, count: number): Promise<number> {
  const { uploads, now, log } = management;
  const expired = await uploads.claimExpired(now() - graceMs, count);
  const outcomes = await Promise.allSettled(expired.map((upload) => discardUpload(management, upload)));
  const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failed.length > 0) {
    const [first] = failed;
    const message = first instanceof Error ? first.message : String(first);
    log({ level: 'warn', event: 'sweep_failed', count: failed.length, message });
  }
  return expired.length - failed.length;
}

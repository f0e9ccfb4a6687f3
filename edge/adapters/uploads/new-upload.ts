import type { AdapterManagement } from '#edge/adapters/adapter-management.ts';
import { sweepUploads } from '#edge/adapters/uploads/sweep-uploads.ts';
import type { UploadRow } from '#edge/adapters/uploads/upload-row.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { limits } from '#shared/limits.ts';

/** Expired uploads deleted on the way, so that they are also where no cron trigger runs: few, because the caller waits. */
const sweptMax = 2;

export type UploadToMake = Pick<UploadRow, 'tenantId' | 'name' | 'bytes'> &
  Partial<Pick<UploadRow, 'id' | 'digest' | 'multipartId' | 'partDigests'>>;

/** The row of a new upload, made before its first byte is stored. Throws ServiceError `too_many_adapters`, `adapter_store_unavailable`. */
export async function newUpload(management: AdapterManagement, upload: UploadToMake): Promise<UploadRow> {
  const { uploads, now, newId } = management;
  await sweepUploads(management, sweptMax);
  const nowMs = now();
  const row: UploadRow = {
    id: newId(),
    digest: null,
    multipartId: null,
    partDigests: null,
    ...upload,
    state: 'open',
    version: null,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + limits.adapterUploadSeconds * 1_000,
    claimedAtMs: null,
  };
  if (await uploads.add(row)) return row;
  const message = `The tenant has ${limits.adapterUploadsMax} unfinished uploads, which is the limit; complete or abort one.`;
  throw new ServiceError('too_many_adapters', message);
}

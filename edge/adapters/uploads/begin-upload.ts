import { type AdapterManagement, requireBucket } from '#edge/adapters/adapter-management.ts';
import { newUpload } from '#edge/adapters/uploads/new-upload.ts';
import { type PlannedPart, planParts } from '#edge/adapters/uploads/plan-parts.ts';
import type { UploadRow } from '#edge/adapters/uploads/upload-row.ts';
import { abortMultipart, startMultipart } from '#edge/object-store/multipart-calls.ts';
import { limits } from '#shared/limits.ts';
import { uploadObjectKey } from '#shared/object-keys.ts';

export interface UploadToBegin {
  readonly tenantId: string;
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
  /** SHA-256 of each part; undefined: in one piece. */
  readonly partDigests: readonly string[] | undefined;
}

export interface PresignedPart extends PlannedPart {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BegunUpload {
  readonly upload: UploadRow;
  readonly parts: readonly PresignedPart[];
}

/**
 * An upload that goes to the store without passing through the edge. Each URL is good for exactly its bytes: length and SHA-256 are signed.
 * Throws ServiceError `invalid_request`, `too_many_adapters`, `adapter_store_unavailable`.
 */
export async function beginUpload(management: AdapterManagement, wanted: UploadToBegin): Promise<BegunUpload> {
  const { tenantId, name, bytes, digest, partDigests } = wanted;
  const { s3 } = requireBucket(management);
  const planned = planParts(wanted);
  const id = management.newId();
  const key = uploadObjectKey(id);
  const multipartId = partDigests === undefined ? null : await startMultipart(s3, key);
  const row = { id, tenantId, name, bytes, digest, multipartId, partDigests: partDigests?.join(' ') ?? null };
  const upload = await newUpload(management, row).catch(async (error: unknown) => {
    if (multipartId !== null) await abortMultipart(s3, key, multipartId).catch(() => undefined);
    throw error;
  });
  const presign = async (part: PlannedPart): Promise<PresignedPart> => {
    const headers = { 'x-amz-checksum-sha256': part.checksum };
    const url = await s3.presign({
      method: 'PUT',
      key,
      query: multipartId === null ? {} : { uploadId: multipartId, partNumber: String(part.number) },
      headers: { ...headers, 'content-length': String(part.bytes) },
      expiresSeconds: limits.adapterUploadSeconds,
    });
    return { ...part, url, headers };
  };
  return { upload, parts: await Promise.all(planned.map(presign)) };
}

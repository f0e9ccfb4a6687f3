import { type AdapterManagement, type ObjectBucket, requireBucket } from '#edge/adapters/adapter-management.ts';
import { adapterNotFound } from '#edge/adapters/adapter-not-found.ts';
import type { AdapterParts } from '#edge/adapters/delete-adapter.ts';
import type { Registered } from '#edge/adapters/register-version.ts';
import { hexToBase64 } from '#edge/adapters/uploads/plan-parts.ts';
import { registerUpload } from '#edge/adapters/uploads/register-upload.ts';
import type { UploadRow } from '#edge/adapters/uploads/upload-row.ts';
import { completeMultipart } from '#edge/object-store/multipart-calls.ts';
import { deleteObject, headObject } from '#edge/object-store/object-calls.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { uploadObjectKey } from '#shared/object-keys.ts';

export interface UploadNamed {
  readonly tenantId: string;
  readonly name: string;
  readonly id: string;
}

export interface UploadToComplete extends UploadNamed {
  /** The store's tags of the parts, in order; empty for an upload in one piece. */
  readonly etags: readonly string[];
  readonly requestId: string;
}

/**
 * From bytes that have come to the store to a version. May be repeated: what is complete already answers with the same version. Throws ServiceError
 * `upload_not_found`, `upload_conflict` (bytes are missing), `invalid_request`, and as registerUpload does.
 */
export async function completeUpload(parts: AdapterParts, wanted: UploadToComplete): Promise<Registered> {
  const { adapters, adapterManagement: management } = parts;
  const upload = await findUpload(management, wanted);
  const { id, digest, name, tenantId } = upload;
  if (upload.version !== null) {
    const version = await adapters.find(tenantId, name, { kind: 'version', version: upload.version });
    if (version === undefined) throw adapterNotFound(`${name}@${upload.version}`);
    return { version, created: true };
  }
  const bucket = requireBucket(management);
  await checkBytes(bucket, upload, wanted.etags);
  const registered = await registerUpload(management, { upload, digest, requestId: wanted.requestId });
  await deleteObject(bucket.s3, uploadObjectKey(id)).catch(() => undefined);
  return registered;
}

/**
 * Drops an upload's bytes. Its row stays until its URLs have expired, for what is still sent. Throws ServiceError `upload_not_found`,
 * `upload_conflict`, `adapter_store_unavailable`.
 */
export async function abortUpload(management: AdapterManagement, wanted: UploadNamed): Promise<void> {
  const upload = await findUpload(management, wanted);
  if (upload.state === 'completing') throw conflict(`Upload ${upload.id} is being completed.`);
  await management.uploads.settle(upload.id, { state: 'done', version: upload.version });
  const { s3 } = requireBucket(management);
  await deleteObject(s3, uploadObjectKey(upload.id));
}

async function findUpload(
  { uploads, now }: AdapterManagement,
  { tenantId, name, id }: UploadNamed,
): Promise<UploadRow & { digest: string }> {
  const upload = await uploads.find(tenantId, id);
  const aborted = upload?.state === 'sweeping' || (upload?.state === 'done' && upload.version === null);
  // A streamed upload has no digest yet, and nobody but its own request completes it.
  const gone = upload === undefined || aborted || upload.name !== name || upload.expiresAtMs <= now();
  if (gone || upload.digest === null) {
    const message = `There is no upload "${id.slice(0, 100)}" of adapter "${name}"; it was aborted, has expired, or never was.`;
    throw new ServiceError('upload_not_found', message);
  }
  return { ...upload, digest: upload.digest };
}

/** That the store has all bytes; parts are put together first. */
async function checkBytes({ s3 }: ObjectBucket, upload: UploadRow, etags: readonly string[]): Promise<void> {
  const { id, multipartId, partDigests, bytes } = upload;
  const key = uploadObjectKey(id);
  let object = await headObject(s3, key);
  if (object === undefined && multipartId !== null) {
    const checksums = (partDigests ?? '').split(' ').map(hexToBase64);
    if (etags.length !== checksums.length) {
      const message = `etags has ${etags.length} items; the upload has ${checksums.length} parts`;
      throw new ServiceError('invalid_request', message, { param: 'etags' });
    }
    const listed = checksums.map((checksum, index) => ({ checksum, etag: etags[index] ?? '' }));
    const outcome = await completeMultipart(s3, key, multipartId, listed);
    if (outcome === 'incomplete') throw conflict(`Upload ${id} lacks a part, or one has another ETag than stated.`);
    object = await headObject(s3, key);
  }
  if (object === undefined) throw conflict(`Upload ${id} has no bytes yet; PUT them to its URL first.`);
  if (object.bytes !== bytes) throw conflict(`Upload ${id} has ${object.bytes} of ${bytes} bytes.`);
}

function conflict(message: string): ServiceError {
  return new ServiceError('upload_conflict', message);
}

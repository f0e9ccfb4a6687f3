import { type AdapterManagement, requireBucket } from '#edge/adapters/adapter-management.ts';
import { type Registered, registerVersion, type VersionToRegister } from '#edge/adapters/register-version.ts';
import type { UploadRow } from '#edge/adapters/uploads/upload-row.ts';
import { copyObject } from '#edge/object-store/object-calls.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { adapterObjectKey, uploadObjectKey } from '#shared/object-keys.ts';

export interface UploadToRegister {
  readonly upload: Pick<UploadRow, 'id' | 'tenantId' | 'name' | 'bytes'>;
  readonly digest: string;
  readonly requestId: string;
  /** The last step; default: the file becomes the newest version of its name. */
  readonly register?: (version: VersionToRegister) => Promise<Registered>;
}

/**
 * From a whole upload to a version: claimed, checked by a worker, copied to its digest's key, registered; each step only after the one before. What
 * fails leaves nothing registered, and the upload open again. Throws ServiceError `upload_conflict`, `invalid_adapter`, `too_many_adapters`,
 * `adapter_store_unavailable`, and why no worker could check it.
 */
export async function registerUpload(
  management: AdapterManagement,
  {
    upload,
    digest,
    requestId,
    register = (version) => registerVersion(management.database, version),
  }: UploadToRegister,
): Promise<Registered> {
  const { uploads, baseModel, now } = management;
  const { id, tenantId, name, bytes } = upload;
  if (!(await uploads.claim(id, digest, now()))) throw notOpen(id);
  try {
    const from = uploadObjectKey(id);
    const request = { model: baseModel, name, object_key: from, digest, bytes };
    const { etag, details } = await management.validate({ request, requestId });
    const { s3, bucket } = requireBucket(management);
    const copied = await copyObject(s3, { bucket, from, etag, to: adapterObjectKey(digest) });
    if (copied === 'changed') {
      throw new ServiceError('upload_conflict', `The bytes of upload ${id} were replaced while they were checked.`);
    }
    const registered = await register({ tenantId, name, digest, baseModel, bytes, details, nowMs: now() });
    await uploads.settle(id, { state: 'done', version: registered.version.version });
    return registered;
  } catch (error) {
    // A database that is gone leaves the claim; it ends by its age.
    await uploads.settle(id, { state: 'open', version: null }).catch(() => undefined);
    throw error;
  }
}

function notOpen(id: string): ServiceError {
  const message = `Upload ${id} is being completed by another request, has expired, or its bytes are being deleted; retry, or upload again.`;
  return new ServiceError('upload_conflict', message, { retryAfterSeconds: 2 });
}

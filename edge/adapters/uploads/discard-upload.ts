import type { AdapterManagement } from '#edge/adapters/adapter-management.ts';
import type { UploadRow } from '#edge/adapters/uploads/upload-row.ts';
import { abortMultipart } from '#edge/object-store/multipart-calls.ts';
import { deleteObject } from '#edge/object-store/object-calls.ts';
import { uploadObjectKey } from '#shared/object-keys.ts';

/**
 * Deletes an upload's bytes, then its row: while bytes may be left, there is a row that a sweep finds. Throws ServiceError
 * `adapter_store_unavailable`; the row then stays.
 */
export async function discardUpload(
  { objects, uploads }: AdapterManagement,
  { id, multipartId }: Pick<UploadRow, 'id' | 'multipartId'>,
): Promise<void> {
  if (objects !== undefined) {
    const key = uploadObjectKey(id);
    if (multipartId !== null) await abortMultipart(objects.s3, key, multipartId);
    await deleteObject(objects.s3, key);
  }
  await uploads.remove(id);
}

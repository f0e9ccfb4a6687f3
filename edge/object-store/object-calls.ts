import { unexpectedAnswer } from '#edge/object-store/object-store-fault.ts';
import type { S3Requests } from '#edge/object-store/s3-requests.ts';

/** The object's size in bytes and tag, or undefined where there is none. Throws ServiceError `adapter_store_unavailable`. */
export async function headObject(s3: S3Requests, key: string): Promise<{ bytes: number; etag: string } | undefined> {
  const response = await s3.send({ method: 'HEAD', key });
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw await unexpectedAnswer('HEAD', response);
  return { bytes: Number(response.headers.get('content-length')), etag: response.headers.get('etag') ?? '' };
}

/** Deletes it where it is. Throws ServiceError `adapter_store_unavailable`. */
export async function deleteObject(s3: S3Requests, key: string): Promise<void> {
  const response = await s3.send({ method: 'DELETE', key });
  if (response.status !== 204 && response.status !== 200 && response.status !== 404) {
    throw await unexpectedAnswer('DELETE', response);
  }
}

export interface ObjectCopy {
  readonly bucket: string;
  readonly from: string;
  /** Tag that the source must still have. */
  readonly etag: string;
  readonly to: string;
}

/**
 * Copies inside the store, unless the target is there already. `changed`: the source is not the object of that tag any more.
 * Throws ServiceError `adapter_store_unavailable`.
 */
export async function copyObject(
  s3: S3Requests,
  { bucket, from, etag, to }: ObjectCopy,
): Promise<'copied' | 'changed'> {
  if ((await headObject(s3, to)) !== undefined) return 'copied';
  const headers = {
    'x-amz-copy-source': `/${bucket}/${from}`,
    'x-amz-copy-source-if-match': etag,
    'if-none-match': '*',
  };
  const response = await s3.send({ method: 'PUT', key: to, headers });
  // Either condition answers 412: somebody else copied the same bytes meanwhile, or the source has changed.
  if (response.status === 412) return (await headObject(s3, to)) === undefined ? 'changed' : 'copied';
  if (response.status === 404) return 'changed';
  // S3 may fail after its status line, with an error for a body.
  if (response.status === 200 && (await response.clone().text()).includes('<CopyObjectResult')) return 'copied';
  throw await unexpectedAnswer('a copy', response);
}

import { objectStoreFault, unexpectedAnswer } from '#edge/object-store/object-store-fault.ts';
import type { S3Requests } from '#edge/object-store/s3-requests.ts';

/** Starts an upload in parts, each with a SHA-256 that the store checks; returns the store's id of it. Throws ServiceError `adapter_store_unavailable`. */
export async function startMultipart(s3: S3Requests, key: string): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream', 'x-amz-checksum-algorithm': 'SHA256' };
  const response = await s3.send({ method: 'POST', key, query: { uploads: '' }, headers });
  if (response.status !== 200) throw await unexpectedAnswer('the start of a multipart upload', response);
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(await response.text())?.[1];
  if (id === undefined) throw objectStoreFault('the start of a multipart upload named no UploadId');
  return unescapeXml(id);
}

export interface UploadedPart {
  /** As the store answered to the part; with its quotes. */
  readonly etag: string;
  /** SHA-256, base64. */
  readonly checksum: string;
}

/** Puts the parts together, in their order. `incomplete`: one is missing, too small, or not the one of this tag. Throws ServiceError `adapter_store_unavailable`. */
export async function completeMultipart(
  s3: S3Requests,
  key: string,
  uploadId: string,
  parts: readonly UploadedPart[],
): Promise<'complete' | 'incomplete'> {
  const listed = parts.map(
    ({ etag, checksum }, index) =>
      `<Part><ChecksumSHA256>${escapeXml(checksum)}</ChecksumSHA256><ETag>${escapeXml(etag)}</ETag><PartNumber>${index + 1}</PartNumber></Part>`,
  );
  const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
  const body = `<CompleteMultipartUpload xmlns="${xmlns}">${listed.join('')}</CompleteMultipartUpload>`;
  const headers = { 'content-type': 'application/xml' };
  const response = await s3.send({ method: 'POST', key, query: { uploadId }, headers, body });
  const text = await response.clone().text();
  // S3 may fail after its status line, with an error for a body.
  if (response.status === 200 && text.includes('<CompleteMultipartUploadResult')) return 'complete';
  if (/<Code>(InvalidPart|InvalidPartOrder|EntityTooSmall|NoSuchUpload|InvalidRequest|BadDigest)<\/Code>/.test(text))
    return 'incomplete';
  throw await unexpectedAnswer('the end of a multipart upload', response);
}

/** Drops the parts of an upload, if there are any. Throws ServiceError `adapter_store_unavailable`. */
export async function abortMultipart(s3: S3Requests, key: string, uploadId: string): Promise<void> {
  const response = await s3.send({ method: 'DELETE', key, query: { uploadId } });
  if (![200, 204, 404].includes(response.status)) throw await unexpectedAnswer('an abort', response);
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" } as const;

function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: keyof typeof entities) => entities[name]);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

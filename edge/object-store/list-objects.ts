import { unexpectedAnswer } from '#edge/object-store/object-store-fault.ts';
import type { S3Requests } from '#edge/object-store/s3-requests.ts';

/** Keys that begin with the prefix, at most a thousand. `prefix` — of characters that need no escape in XML. Throws ServiceError `adapter_store_unavailable`. */
export async function listObjects(s3: S3Requests, prefix: string): Promise<string[]> {
  const response = await s3.send({ method: 'GET', key: '', query: { 'list-type': '2', prefix } });
  if (response.status !== 200) throw await unexpectedAnswer('a list', response);
  const keys = [...(await response.text()).matchAll(/<Key>([^<&]+)<\/Key>/g)].flatMap(([, key]) => key ?? []);
  return keys.filter((key) => key.startsWith(prefix));
}

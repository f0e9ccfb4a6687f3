import type { LocalObjectStore } from '#infra/local/edge/local-object-store.ts';

/**
 * An S3 server that the tests are to use instead of the simulator of R2, with an existing bucket: HINTRANK_TEST_S3_ENDPOINT, _BUCKET, _ACCESS_KEY_ID,
 * _SECRET_ACCESS_KEY, and _REGION (default us-east-1). undefined where no endpoint is named.
 */
export function externalObjectStore(): LocalObjectStore | undefined {
  const read = (name: string) => process.env[`HINTRANK_TEST_S3_${name}`] ?? '';
  const endpoint = read('ENDPOINT');
  if (endpoint === '') return undefined;
  const store = {
    endpoint,
    bucket: read('BUCKET'),
    region: read('REGION') || 'us-east-1',
    accessKeyId: read('ACCESS_KEY_ID'),
    secretAccessKey: read('SECRET_ACCESS_KEY'),
  };
  const missing = Object.entries(store).filter(([, value]) => value === '');
  if (missing.length === 0) return store;
  throw new Error(`HINTRANK_TEST_S3_ENDPOINT is set, but not ${missing.map(([name]) => name).join(', ')}`);
}

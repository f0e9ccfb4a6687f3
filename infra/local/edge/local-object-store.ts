import type { LocalSecrets } from '#infra/local/state/local-secrets.ts';

/** The bucket of adapter files, for the edge and for the workers. */
export interface LocalObjectStore {
  /** URL of the S3 service. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Path under which the simulator of R2 answers S3 calls. */
export const s3Path = '/cdn-cgi/local/r2/s3';

/** Bucket of the simulator. */
export const adapterBucket = 'hintrank-adapters';

/** The simulator of R2 that runs beside the edge on this port. */
export function simulatedObjectStore(port: number, secrets: LocalSecrets): LocalObjectStore {
  return {
    endpoint: `http://127.0.0.1:${port}${s3Path}`,
    bucket: adapterBucket,
    region: 'auto',
    accessKeyId: secrets.s3_access_key_id,
    secretAccessKey: secrets.s3_secret_access_key,
  };
}

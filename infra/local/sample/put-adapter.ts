import { HeadObjectCommand, NotFound, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import { adapterObjectKey } from '#shared/object-keys.ts';

export interface AdapterToPut {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region?: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly file: Uint8Array;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
}

/** Puts the adapter file into the bucket under its digest, unless it is there. Throws LocalStackFault when the store does not take it. */
export async function putAdapter({
  endpoint,
  bucket,
  region = 'auto',
  accessKeyId,
  secretAccessKey,
  file,
  digest,
}: AdapterToPut): Promise<void> {
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const object = { Bucket: bucket, Key: adapterObjectKey(digest) };
  try {
    if (await exists(client, object)) return;
    // A buffer, because the simulator of R2 refuses streams.
    await client.send(new PutObjectCommand({ ...object, Body: Buffer.from(file), ContentLength: file.length }));
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new LocalStackFault(`The S3 store at ${endpoint} did not take the sample adapter (${reason}).`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

async function exists(client: S3Client, object: { Bucket: string; Key: string }): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand(object));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

import { type AdapterManagement, requireBucket } from '#edge/adapters/adapter-management.ts';
import type { Registered } from '#edge/adapters/register-version.ts';
import { discardUpload } from '#edge/adapters/uploads/discard-upload.ts';
import { newUpload } from '#edge/adapters/uploads/new-upload.ts';
import { registerUpload } from '#edge/adapters/uploads/register-upload.ts';
import { deleteObject } from '#edge/object-store/object-calls.ts';
import { putStream } from '#edge/object-store/put-stream.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { uploadObjectKey } from '#shared/object-keys.ts';

export interface AdapterToReceive {
  readonly tenantId: string;
  readonly name: string;
  readonly source: ReadableStream<Uint8Array>;
  /** The body's declared length. */
  readonly bytes: number;
  /** SHA-256 that the sender states, hex. */
  readonly statedDigest: string | undefined;
  readonly signal: AbortSignal;
  readonly requestId: string;
}

/**
 * A whole adapter in one request: streamed to the store, then registered. Whatever fails, nothing is registered and the bytes are deleted, at
 * once or by the next sweep. Throws ServiceError as putStream and registerUpload do, and `invalid_request` for another digest than stated.
 */
export async function receiveAdapter(management: AdapterManagement, adapter: AdapterToReceive): Promise<Registered> {
  const { tenantId, name, source, bytes, signal, requestId, statedDigest } = adapter;
  const { s3 } = requireBucket(management);
  const upload = await newUpload(management, { tenantId, name, bytes });
  const key = uploadObjectKey(upload.id);
  const digest = await putStream(s3, { key, source, bytes, signal }).catch(async (error: unknown) => {
    await abandon(management, upload.id, requestId);
    throw error;
  });
  try {
    if (statedDigest !== undefined && statedDigest !== digest) {
      const message = `The body has SHA-256 ${digest}, the header Content-Digest states ${statedDigest}`;
      throw new ServiceError('invalid_request', message, { param: 'Content-Digest' });
    }
    return await registerUpload(management, { upload, digest, requestId });
  } finally {
    await discardUpload(management, upload).catch(leftToSweep(management, requestId));
  }
}

/**
 * Deletes what has come of a transfer that broke off, and leaves the row to the sweep: S3 makes no object of fewer bytes than were announced, but
 * there are servers that do, after they have noticed.
 */
async function abandon(management: AdapterManagement, id: string, requestId: string): Promise<void> {
  const { uploads } = management;
  const { s3 } = requireBucket(management);
  const cleaning = [uploads.settle(id, { state: 'done', version: null }), deleteObject(s3, uploadObjectKey(id))];
  await Promise.all(cleaning).catch(leftToSweep(management, requestId));
}

function leftToSweep({ log }: AdapterManagement, requestId: string) {
  return (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    log({ level: 'warn', event: 'upload_left_to_sweep', requestId, message });
  };
}

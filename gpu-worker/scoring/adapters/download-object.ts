import { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface ObjectStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Bytes of one adapter file. */
  readonly fileBytesMax: number;
  /** Milliseconds that one download may take. */
  readonly downloadTimeoutMs: number;
}

export interface ObjectToDownload {
  readonly key: string;
  /** The adapter's name, for errors. */
  readonly name: string;
  /** SHA-256 that the file is expected to have, for errors alone: the caller checks it. */
  readonly digest: string;
}

export interface DownloadedObject {
  readonly file: Uint8Array<ArrayBuffer>;
  /** The store's tag of these bytes; empty where it sent none. */
  readonly etag: string;
}

/** Seconds after which a caller may ask for an adapter again whose store did not answer. */
const retryAfterSeconds = 5;

/**
 * An object's bytes in one buffer of the declared length. `reserve` is told the length before the first byte is read and may throw.
 * Throws ServiceError: `adapter_not_found`, `adapter_unavailable` (store gone, transfer broken), `invalid_adapter` (too large).
 */
export async function downloadObject(
  { client, bucket, fileBytesMax, downloadTimeoutMs }: ObjectStoreOptions,
  object: ObjectToDownload,
  reserve: (bytes: number) => void,
): Promise<DownloadedObject> {
  const stop = new AbortController();
  const abortSignal = AbortSignal.any([stop.signal, AbortSignal.timeout(downloadTimeoutMs)]);
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: object.key });
    const { Body: body, ContentLength: length, ETag: etag = '' } = await client.send(command, { abortSignal });
    if (body === undefined || length === undefined) throw adapterUnavailable(object, 'its store sent no length');
    listenToErrors(body);
    if (length > fileBytesMax) {
      throw new ServiceError(
        'invalid_adapter',
        `Adapter "${object.name}" has ${length} bytes; the limit is ${fileBytesMax}.`,
      );
    }
    reserve(length);
    return { file: await readExactly(body.transformToWebStream(), length, object), etag };
  } catch (error) {
    throw asServiceError(object, error);
  } finally {
    // Ends the connection of a download that was refused half-way; after a complete one it does nothing.
    stop.abort();
  }
}

/**
 * A body that is not read to its end breaks, and where the store sends checksums the client's stream around it reports that later; an error that nobody
 * listens to would end the process. Whoever reads the body gets its errors all the same.
 */
function listenToErrors(body: unknown): void {
  if (body instanceof Readable) body.on('error', () => undefined);
}

/** The error of every adapter that its store does not give. */
export function adapterUnavailable({ name }: { readonly name: string }, why: string, cause?: unknown): ServiceError {
  return new ServiceError('adapter_unavailable', `Adapter "${name}" could not be loaded: ${why}.`, {
    retryAfterSeconds,
    cause,
  });
}

/** The stream's bytes in one buffer of the declared length; a stream that is shorter or longer is refused without growing the buffer. */
async function readExactly(
  stream: ReadableStream<Uint8Array>,
  length: number,
  object: ObjectToDownload,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = new Uint8Array(length);
  let offset = 0;
  for await (const chunk of stream) {
    if (offset + chunk.length > length)
      throw adapterUnavailable(object, `its store sent more than the ${length} bytes it declared`);
    file.set(chunk, offset);
    offset += chunk.length;
  }
  if (offset < length) throw adapterUnavailable(object, `its store sent ${offset} of ${length} bytes`);
  return file;
}

function asServiceError(object: ObjectToDownload, error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof NoSuchKey) {
    return new ServiceError(
      'adapter_not_found',
      `There is no file for adapter "${object.name}" (version ${object.digest}).`,
    );
  }
  return adapterUnavailable(object, 'its store did not answer', error);
}

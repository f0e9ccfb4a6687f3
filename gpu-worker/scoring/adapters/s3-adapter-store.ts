import { createHash } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import type { AdapterReference } from '#gpu-worker/scoring/adapters/adapter-reference.ts';
import type { AdapterStore } from '#gpu-worker/scoring/adapters/adapter-store.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface S3AdapterStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Bytes of one adapter file. */
  readonly fileBytesMax: number;
  /** Milliseconds that one download may take. */
  readonly downloadTimeoutMs: number;
}

/** Seconds after which a caller may ask for an adapter again whose store did not answer. */
const retryAfterSeconds = 5;

/** Adapter files in an S3 bucket, at `adapters/<digest>.safetensors`. */
export function createS3AdapterStore(options: S3AdapterStoreOptions): AdapterStore {
  return {
    async fetch(adapter, reserve) {
      const file = await download(adapter, reserve, options);
      const digest = createHash('sha256').update(file).digest('hex');
      if (digest !== adapter.digest) {
        throw unavailable(adapter, `its store sent a file with SHA-256 ${digest} under the key of ${adapter.digest}`);
      }
      return file;
    },
  };
}

/** Where the adapter with this digest lies in the bucket. */
export function adapterObjectKey(digest: string): string {
  return `adapters/${digest}.safetensors`;
}

async function download(
  adapter: AdapterReference,
  reserve: (bytes: number) => void,
  { client, bucket, fileBytesMax, downloadTimeoutMs }: S3AdapterStoreOptions,
): Promise<Uint8Array> {
  const stop = new AbortController();
  const abortSignal = AbortSignal.any([stop.signal, AbortSignal.timeout(downloadTimeoutMs)]);
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: adapterObjectKey(adapter.digest) });
    const { Body: body, ContentLength: length } = await client.send(command, { abortSignal });
    if (body === undefined || length === undefined) throw unavailable(adapter, 'its store sent no length');
    if (length > fileBytesMax) {
      throw new ServiceError(
        'invalid_adapter',
        `Adapter "${adapter.name}" has ${length} bytes; the limit is ${fileBytesMax}.`,
      );
    }
    reserve(length);
    return await readExactly(body.transformToWebStream(), length, adapter);
  } catch (error) {
    throw asServiceError(adapter, error);
  } finally {
    // Ends the connection of a download that was refused half-way; after a complete one it does nothing.
    stop.abort();
  }
}

/** The stream's bytes in one buffer of the declared length; a stream that is shorter or longer is refused without growing the buffer. */
async function readExactly(
  stream: ReadableStream<Uint8Array>,
  length: number,
  adapter: AdapterReference,
): Promise<Uint8Array> {
  const file = new Uint8Array(length);
  let offset = 0;
  for await (const chunk of stream) {
    if (offset + chunk.length > length)
      throw unavailable(adapter, `its store sent more than the ${length} bytes it declared`);
    file.set(chunk, offset);
    offset += chunk.length;
  }
  if (offset < length) throw unavailable(adapter, `its store sent ${offset} of ${length} bytes`);
  return file;
}

function asServiceError(adapter: AdapterReference, error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof NoSuchKey) {
    return new ServiceError(
      'adapter_not_found',
      `There is no file for adapter "${adapter.name}" (version ${adapter.digest}).`,
    );
  }
  return unavailable(adapter, 'its store did not answer', error);
}

function unavailable(adapter: AdapterReference, why: string, cause?: unknown): ServiceError {
  return new ServiceError('adapter_unavailable', `Adapter "${adapter.name}" could not be loaded: ${why}.`, {
    retryAfterSeconds,
    cause,
  });
}

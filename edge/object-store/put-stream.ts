import { objectStoreFault, unexpectedAnswer } from '#edge/object-store/object-store-fault.ts';
import type { S3Requests } from '#edge/object-store/s3-requests.ts';
import { StoreTurns } from '#edge/object-store/store-turns.ts';
import { digestStream, fixedLengthStream } from '#edge/object-store/workers-streams.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface StreamToPut {
  readonly key: string;
  readonly source: ReadableStream<Uint8Array>;
  /** Length of the source, as its sender declared it. */
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/**
 * Streams the source into a new object, a chunk at a time, and returns its SHA-256 (hex), worked out on the way. What the store
 * makes of a transfer that breaks off is the caller's to delete. Throws ServiceError `request_cancelled` when the source breaks off, `adapter_store_unavailable`
 * when the store does, or hangs.
 */
export async function putStream(s3: S3Requests, { key, source, bytes, signal }: StreamToPut): Promise<string> {
  const { readable, writable } = fixedLengthStream(bytes);
  const broken = new AbortController();
  const reader = source.getReader();
  const writer = writable.getWriter();
  const turns = new StoreTurns(s3.timeoutSignal);
  const pumping = pump(reader, writer, bytes, turns).catch((error: unknown) => {
    broken.abort(error);
    throw error;
  });
  let storeFault: unknown;
  const limits = AbortSignal.any([signal, broken.signal, turns.hangs]);
  const sending = send(s3, key, readable, limits).catch(async (error: unknown) => {
    if (!broken.signal.aborted) storeFault = error;
    // The pump would wait for ever for a store that reads no more.
    await Promise.allSettled([writer.abort(error), reader.cancel()]);
  });
  const [pumped] = await Promise.allSettled([pumping, sending]);
  turns.stop();
  if (signal.aborted) throw new ServiceError('request_cancelled');
  if (storeFault !== undefined) throw storeFault;
  if (pumped.status === 'fulfilled') return pumped.value;
  throw pumped.reason instanceof ServiceError ? pumped.reason : objectStoreFault('PUT took no more', pumped.reason);
}

async function send(s3: S3Requests, key: string, body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream', 'if-none-match': '*' };
  const response = await s3.send({ method: 'PUT', key, headers, body, signal });
  if (response.status !== 200) throw await unexpectedAnswer('PUT', response);
}

/** Moves chunk by chunk, waiting for the slower side; never more than one chunk is held here. */
async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  bytes: number,
  turns: StoreTurns,
): Promise<string> {
  const digest = digestStream();
  const digester = digest.getWriter();
  let moved = 0;
  for (;;) {
    const chunk = await reader.read().catch((cause: unknown) => {
      throw brokenOff(moved, bytes, cause);
    });
    if (chunk.done) break;
    moved += chunk.value.byteLength;
    await digester.write(chunk.value);
    turns.begin();
    await writer.write(chunk.value);
    turns.end();
  }
  if (moved < bytes) throw brokenOff(moved, bytes);
  // Until it answers.
  turns.begin();
  await Promise.all([digester.close(), writer.close()]);
  return toHex(await digest.digest);
}

function brokenOff(moved: number, bytes: number, cause?: unknown): ServiceError {
  const message = `The upload broke off after ${moved} of ${bytes} bytes; nothing was registered.`;
  return new ServiceError('request_cancelled', message, { cause });
}

function toHex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

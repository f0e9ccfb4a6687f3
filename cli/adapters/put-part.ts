import { streamBytes } from '#cli/adapters/stream-bytes.ts';
import type { AdapterUploadResponse } from '#shared/protocol/adapter-upload-response.ts';

export interface PartToPut {
  readonly part: AdapterUploadResponse['parts'][number];
  readonly bytes: Uint8Array;
  /** Bytes of this part that have been handed over so far. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Tries of one part: a store may answer 500 or break off now and then, and the same bytes may be sent again. */
const attemptsMax = 3;

/** Sends a part to its URL and returns the store's ETag. Throws an Error with one sentence. */
export async function putPart({ part, bytes, onSent, signal }: PartToPut): Promise<string> {
  const { host } = new URL(part.url);
  let reason = '';
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    signal.throwIfAborted();
    try {
      const response = await fetch(part.url, {
        method: 'PUT',
        headers: { ...part.headers, 'content-length': String(bytes.length) },
        body: streamBytes(bytes, onSent),
        duplex: 'half',
        redirect: 'error',
        signal,
      });
      if (response.ok) return response.headers.get('etag') ?? '';
      reason = `status ${response.status}`;
      await response.body?.cancel();
      if (response.status < 500) break;
    } catch (error) {
      signal.throwIfAborted();
      reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
  }
  throw new Error(`The store at ${host} did not take part ${part.number} of the adapter: ${reason}.`);
}
